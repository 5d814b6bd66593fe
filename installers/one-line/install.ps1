# Installs Commander Agent on this machine and joins it to the server that this script came from. In Windows PowerShell, as administrator:
#
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Token cmdr1.…
#
# The server fills in the lines with an at sign. The connection it is fetched over proves nothing, for a new machine does not trust the server's own
# certificate authority yet: whoever prints the command to paste pins the SHA-256 of this script in it, and this script pins the package.
param([string] $Token = $env:COMMANDER_AGENT_TOKEN)

$ErrorActionPreference = 'Stop'
$server = '@SERVER_URL@'
$version = '@VERSION@'
# "SHA-256  file name", a line for each package
$packages = '@PACKAGES@'

function Assert-Administrator {
  $identity = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
  if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'Run this as administrator.'
  }
}

function Save-Package([string] $Name, [string] $Path) {
  # A compiled callback, because a script block cannot run on the thread that asks.
  Add-Type -TypeDefinition @'
public static class AnyCertificate {
  public static void Accept() {
    System.Net.ServicePointManager.SecurityProtocol = System.Net.SecurityProtocolType.Tls12;
    System.Net.ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };
  }
}
'@
  [AnyCertificate]::Accept()
  (New-Object System.Net.WebClient).DownloadFile("$server/installers/$Name", $Path)
}

function Install-Package([string] $Path) {
  $arguments = @('/i', "`"$Path`"", '/qn', '/norestart')
  if ($Token) { $arguments += "TOKEN=`"$Token`"" }
  $process = Start-Process msiexec.exe -ArgumentList $arguments -Wait -PassThru
  if ($process.ExitCode -notin 0, 3010) { throw "msiexec ended with $($process.ExitCode)." }
}

Assert-Administrator
$line = $packages -split "`n" | Where-Object { $_ -like '*-x64.msi' } | Select-Object -First 1
if (-not $line) { throw "The server offers no MSI of version $version." }
$hash, $name = $line.Trim() -split '\s+', 2
# Where only administrators may write, or somebody could swap the file after its hash was checked.
$folder = New-Item -ItemType Directory -Path (Join-Path $env:ProgramFiles ([guid]::NewGuid()))
try {
  $path = Join-Path $folder $name
  Write-Output "Downloading $name"
  Save-Package $name $path
  if ((Get-FileHash -Algorithm SHA256 $path).Hash -ne $hash) {
    throw "`"$name`" is not what this script was made for: it was damaged, or somebody changed it on the way."
  }
  Install-Package $path
  Write-Output "Commander Agent $version is installed"
} finally {
  Remove-Item -Recurse -Force $folder
}
