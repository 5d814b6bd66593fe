export const LAUNCHD_LABEL = 'org.commander-framework.agent';

/** The launchd daemon that runs `command`, the same for the package and for `service install`. */
export function launchdPlist(command: readonly string[]): string {
  const words = command.map((word) => `    <string>${escapeXml(word)}</string>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <!-- Started again however it ended; a wait between two starts keeps an endpoint that cannot start from being busy with it. -->
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <!-- Between asking the agent to stop and killing it, seconds: it ends its jobs and reports them. -->
  <key>ExitTimeOut</key>
  <integer>90</integer>
  <!-- The services that the agent keeps outlive it, and the next one finds them again: they are not launchd's to kill. -->
  <key>AbandonProcessGroup</key>
  <true/>
  <!-- Jobs deserve the machine's full speed; the agent itself is idle almost always. -->
  <key>ProcessType</key>
  <string>Standard</string>
  <key>StandardErrorPath</key>
  <string>/var/log/commander-agent.log</string>
</dict>
</plist>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
