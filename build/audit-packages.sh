#!/usr/bin/env bash
# Lists what the server is made of, in CycloneDX 1.6 (ECMA-424): artifacts/sbom/server.cdx.json. Then fails when a package, transitive ones
# included, has a known vulnerability of any severity, also one of the TypeScript client. Exit codes: 0 none, 1 found some, 3 the registry of
# NuGet knows of no vulnerability at all, so that its silence says nothing, 4 that of npm (build/audit-npm.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A list that could not be made ends the script: it would look like one without findings.
vulnerable_of() { # PROJECT
  dotnet list "$1" package --vulnerable --include-transitive --format json >"$scratch/vulnerable.json"
}
finds_some() { grep -q '"vulnerabilities"' "$scratch/vulnerable.json"; }

dotnet restore BigTechChat.slnx --locked-mode -v quiet
dotnet tool restore >/dev/null
dotnet dotnet-CycloneDX src/Server/Server.csproj --output artifacts/sbom --filename server.cdx.json --output-format Json --spec-version 1.6 \
  --disable-package-restore --no-serial-number --set-name BigTechChat --set-type Application >/dev/null
echo "$(grep -c '"purl"' artifacts/sbom/server.cdx.json) packages are listed in artifacts/sbom/server.cdx.json"

npm=0
build/audit-npm.sh || npm=$?

# A version with a well-known advisory (GHSA-5crp-9r3c-p9vr), in a project of its own.
cat >"$scratch/known.csproj" <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.1" /></ItemGroup>
</Project>
END
dotnet restore "$scratch/known.csproj" -v quiet
vulnerable_of "$scratch/known.csproj"
if ! finds_some; then
  echo "The registry knows no vulnerabilities: the packages are not checked." >&2
  [ "$npm" != 1 ] || exit 1
  exit 3
fi

vulnerable_of BigTechChat.slnx
if finds_some; then
  cat "$scratch/vulnerable.json" >&2
  exit 1
fi
echo "No package of NuGet has a known vulnerability."
exit "$npm"
