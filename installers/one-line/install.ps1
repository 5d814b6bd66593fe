# Installs Commander Agent on this machine and joins it to the server that this script came from. In Windows PowerShell, as administrator:
#
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Token TOKEN      (or COMMANDER_AGENT_TOKEN in the environment)
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall
#
# server:                     @SERVER_URL@
# root certificate, SHA-256:  @FINGERPRINT@
#
# The connection it is fetched over proves nothing, for a new machine does not trust the server's own certificate authority yet:
# "commander token create --install-hints" pins the SHA-256 of this script in the command to paste, and this script pins the rest.
param([string] $Token = $env:COMMANDER_AGENT_TOKEN, [switch] $Uninstall)

$ErrorActionPreference = 'Stop'
$server = '@SERVER_URL@'
# "SHA-256  file name", a line for each, best first
$packages = '@PACKAGES@'
$programDir = Join-Path $env:ProgramFiles 'Commander Agent'
$program = Join-Path $programDir 'commander-agent.exe'

function Assert-Administrator {
  $identity = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
  if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'Run this as administrator.'
  }
}

function Save-Package([string] $Name, [string] $Path) {
  # A compiled callback, because a script block cannot run on the thread that asks; and only once, because a type stays for the session.
  if (-not ('CommanderInstall.AnyCertificate' -as [type])) {
    Add-Type -TypeDefinition @'
namespace CommanderInstall {
  public static class AnyCertificate {
    public static void Accept() {
      System.Net.ServicePointManager.SecurityProtocol = System.Net.SecurityProtocolType.Tls12;
      System.Net.ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };
    }
  }
}
'@
  }
  [CommanderInstall.AnyCertificate]::Accept()
  try {
    (New-Object System.Net.WebClient).DownloadFile("$server/download/$Name", $Path)
  } finally {
    [System.Net.ServicePointManager]::ServerCertificateValidationCallback = $null
  }
}

function Install-Msi([string] $Path) {
  $isNew = -not (Test-Path $program)
  # Without the token: the command lines of msiexec and of what it starts are kept where processes are audited.
  Invoke-Msi @('/i', "`"$Path`"", '/qn', '/norestart')
  try {
    Join-Server
    if ($isNew -and $Token) {
      Invoke-Agent service stop # it looks for an identity now and then only
      Invoke-Agent service start
    }
  } catch {
    if ($isNew) { Invoke-Msi @('/x', "`"$Path`"", '/qn', '/norestart') }
    throw
  }
}

function Invoke-Msi([string[]] $Arguments) {
  $process = Start-Process msiexec.exe -ArgumentList $Arguments -Wait -PassThru
  if ($process.ExitCode -notin 0, 3010) { throw "msiexec ended with $($process.ExitCode)." }
}

function Invoke-Agent {
  & $program @args
  if ($LASTEXITCODE -ne 0) { throw "commander-agent $args ended with $LASTEXITCODE; the lines above say why." }
}

function Join-Server {
  if (-not $Token) { return }
  $env:COMMANDER_AGENT_TOKEN = $Token # not an argument: those can be read by others
  try { Invoke-Agent enroll '--if-needed' } finally { Remove-Item Env:COMMANDER_AGENT_TOKEN }
}

function Install-Executable([string] $Path) {
  $isNew = -not (Test-Path $program)
  # What this run makes it may take away again; an identity from before stays.
  $madeByUs = if ((& $Path status --json) -match '"not-enrolled"') { @('--purge') } else { @() }
  if (-not $isNew) { & $program service stop }
  New-Item -ItemType Directory -Force -Path $programDir | Out-Null
  Move-Item -Force $Path $program
  try {
    Join-Server
    Invoke-Agent service install
    if ($Token -or -not $isNew) { Invoke-Agent service start }
  } catch {
    if ($isNew) { Remove-Executable @madeByUs }
    throw
  }
}

function Remove-Executable {
  & $program service uninstall @args
  Remove-Item -Recurse -Force $programDir
}

function Uninstall-Agent {
  $products = Get-ItemProperty 'HKLM:\Software\Microsoft\Windows\CurrentVersion\Uninstall\*' |
    Where-Object { $_.PSObject.Properties['DisplayName'] -and $_.DisplayName -eq 'Commander Agent' }
  if ($products) {
    foreach ($product in $products) { Invoke-Msi @('/x', $product.PSChildName, '/qn', '/norestart') }
  } elseif (Test-Path $program) {
    Remove-Executable '--purge'
  } else {
    Write-Output 'Commander Agent is not installed'
    return
  }
  Write-Output 'Commander Agent is removed'
}

Assert-Administrator
if ($Uninstall) {
  Uninstall-Agent
  return
}
$hash, $name = ($packages -split "`n")[0].Trim() -split '\s+', 2
# Where only administrators may write, or somebody could swap the file after its hash was checked.
$folder = New-Item -ItemType Directory -Path (Join-Path $env:ProgramFiles ([guid]::NewGuid().ToString()))
try {
  $path = Join-Path $folder.FullName $name
  Write-Output "Downloading $name"
  Save-Package $name $path
  if ((Get-FileHash -Algorithm SHA256 $path).Hash -ne $hash) {
    throw "`"$name`" is not what this script was made for: it was damaged, or somebody changed it on the way."
  }
  if ($name -like '*.msi') { Install-Msi $path } else { Install-Executable $path }
  Write-Output 'Commander Agent is installed'
} finally {
  Remove-Item -Recurse -Force $folder.FullName
}
