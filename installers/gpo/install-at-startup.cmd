@echo off
rem Computer start-up script, for domains that assign no software: installs the agent, or upgrades it, unless this version is there.
rem   install-at-startup.cmd \\server\share\commander-agent-1.2.3-x64.msi 1.2.3 [TOKEN]
rem Without a token the machine enrols by the policy "Join the server with a token".
setlocal
if "%~2"=="" (
  echo Usage: install-at-startup.cmd PACKAGE VERSION [TOKEN]
  exit /b 2
)
reg query HKLM\Software\Commander\Agent /v InstalledVersion 2>nul | find " %~2" >nul && exit /b 0
if "%~3"=="" (
  msiexec /i "%~1" /qn /norestart
) else (
  msiexec /i "%~1" /qn /norestart TOKEN="%~3"
)
exit /b %ERRORLEVEL%
