using System.Text.RegularExpressions;
using BigTech.Server;

namespace BigTech.Tests.Deployment.Compose;

/// <summary>What must hold for each compose file: each rule names what breaks it.</summary>
internal static partial class ComposeRules
{
    private static readonly Dictionary<string, int> EnginePorts = new()
    {
        ["mysql"] = 3306,
        ["mongo"] = 27017,
        ["redis"] = 6379,
        ["apache/kafka"] = 9092,
        ["jaegertracing/jaeger"] = 4317,
    };

    private const string ProgramAlone = "The image holds the program and nothing that could ask it. Prometheus sees whether it answers.";

    /// <summary>Images whose containers cannot have a health check, and why.</summary>
    public static IReadOnlyDictionary<string, string> Uncheckable { get; } = new Dictionary<string, string>
    {
        ["oliver006/redis_exporter"] = ProgramAlone,
        ["percona/mongodb_exporter"] = ProgramAlone,
    };

    public static IEnumerable<string> UnknownSettings(ComposeFile file) =>
        from service in file.Services
        from name in KnownSettings.UnknownAmong(service.Environment.Keys)
        select $"{service.Name}: {name}";

    /// <summary>A role that does not exist, or an address of a role or of the metrics that is not its own.</summary>
    public static IEnumerable<string> WrongPorts(ComposeFile file)
    {
        foreach (var service in file.Services.Where(service => service.IsOurs))
        {
            var target = service.Environment.GetValueOrDefault("BIGTECH_TARGET", "all");
            var role = target == "all" ? Roles.Gateway : Roles.Find(target);
            if (role is null)
            {
                yield return $"{service.Name}: {target} is no role";
                continue;
            }
            var urls = service.Environment.GetValueOrDefault("BIGTECH_URLS", "");
            if (urls != $"http://*:{role.Port};metrics=http://*:{Roles.Metrics.Port}") yield return $"{service.Name}: listens on {urls}";
            foreach (var port in service.List("ports").Where(port => !port.EndsWith($":{role.Port}", StringComparison.Ordinal)))
            {
                yield return $"{service.Name}: publishes {port}";
            }
        }
    }

    /// <summary>Addresses in settings that no service of the file has.</summary>
    public static IEnumerable<string> AddressesOfNobody(ComposeFile file) =>
        from service in file.Services
        where service.IsOurs
        from value in service.Environment.Values
        from Match match in Address().Matches(value)
        let port = match.Groups[2].Value
        where !file.Services.Any(other => other.Name == match.Groups[1].Value && PortOf(other) == port)
        select $"{service.Name}: {match.Value}";

    public static IEnumerable<string> PortsForTheWorld(ComposeFile file) =>
        from service in file.Services
        from port in service.List("ports")
        where !port.StartsWith("127.0.0.1:", StringComparison.Ordinal)
            && !port.StartsWith("${BIGTECH_BIND:-127.0.0.1}:", StringComparison.Ordinal)
        select $"{service.Name}: {port}";

    /// <summary>Secrets that stand in the file, or have a default.</summary>
    public static IEnumerable<string> OpenSecrets(ComposeFile file) =>
        (from service in file.Services
         from variable in service.Environment
         where SecretName().IsMatch(variable.Key) && !FromOutside().IsMatch(variable.Value)
            || SecretWithin().Matches(variable.Value).Any(match => !FromOutside().IsMatch(match.Groups[1].Value))
         select $"{service.Name}: {variable.Key}")
        .Concat(from variable in file.Variables where IsOpen(variable.Name, variable.MustBeSet) select variable.Name);

    /// <summary>Of a mail server only: one that wants no account, or none at all, has no password.</summary>
    private static bool IsOpen(string name, bool mustBeSet) => SecretName().IsMatch(name) && !mustBeSet && name != "SMTP_PASSWORD";

    /// <summary>Images without the number of a version.</summary>
    public static IEnumerable<string> MovingImages(ComposeFile file) =>
        from service in file.Services
        where !Pinned().IsMatch(service.Image)
        select $"{service.Name}: {service.Image}";

    /// <summary>What every container has, and what those of this product have.</summary>
    public static IEnumerable<string> Unguarded(ComposeFile file) =>
        from service in file.Services
        from missing in MissingOf(service)
        select $"{service.Name}: {missing}";

    /// <summary>Services that go on running, and do not say whether they are well.</summary>
    public static IEnumerable<string> Unchecked(ComposeFile file) =>
        from service in file.Services
        where !service.EndsByItself && !service.HealthCheck.Any() && !Uncheckable.ContainsKey(service.Image.Split(':')[0])
        select service.Name;

    /// <summary>Services that are waited for and do not exist, or cannot become what is waited for.</summary>
    public static IEnumerable<string> VainWaits(ComposeFile file) =>
        from service in file.Services
        from other in service.DependsOn
        let awaited = file.Services.FirstOrDefault(candidate => candidate.Name == other.Name)
        where awaited is null
            || other.Condition != (awaited.EndsByItself ? "service_completed_successfully" : "service_healthy")
            || !awaited.EndsByItself && !awaited.Has("healthcheck")
        select $"{service.Name}: {other.Name} {other.Condition}";

    /// <summary>Volumes with the data of several containers.</summary>
    public static IEnumerable<string> SharedVolumes(ComposeFile file) =>
        from service in file.Services
        from volume in service.List("volumes")
        let name = volume.Split(':')[0]
        where !name.StartsWith('.') && !name.StartsWith('/')
        group service.Name by name into users
        where users.Count() > 1
        select $"{users.Key}: {string.Join(", ", users)}";

    /// <summary>Files of the repository that are mounted and do not exist.</summary>
    public static IEnumerable<string> MissingFiles(ComposeFile file) =>
        from service in file.Services
        from volume in service.List("volumes")
        let path = ComposeFile.Fill(volume, new Dictionary<string, string>()).Split(':')[0]
        where path.StartsWith('.') && !Path.Exists(ComposeFile.FullPath(path))
        select $"{service.Name}: {path}";

    private static string PortOf(ComposeService service) => service.IsOurs
        ? $"{Roles.Find(service.Environment.GetValueOrDefault("BIGTECH_TARGET", ""))?.Port}"
        : $"{EnginePorts.GetValueOrDefault(service.Image.Split(':')[0])}";

    private static IEnumerable<string> MissingOf(ComposeService service)
    {
        if (service.Text("container_name") != service.Name) yield return "container_name";
        if (!service.List("cap_drop").Contains("ALL")) yield return "cap_drop";
        if (!service.List("security_opt").Contains("no-new-privileges:true")) yield return "no-new-privileges";
        if (!service.Has("mem_limit")) yield return "mem_limit";
        if (!service.Has("networks")) yield return "networks";
        if (!service.IsOurs) yield break;
        if (service.Text("read_only") != "true") yield return "read_only";
        if (service.Text("init") != "true") yield return "init";
        if (service.Has("user")) yield return "user: that of the image is the owner of its data";
        if (service.Text("stop_grace_period") != "30s") yield return "stop_grace_period";
        if (!ComposeService.Map(service.Values, "ulimits").Any(limit => limit.Key == "nofile")) yield return "ulimits";
        if (!service.List("volumes").Any(volume => volume.EndsWith(":/data", StringComparison.Ordinal)) && !IsGatewayAlone(service))
        {
            yield return "a volume for /data";
        }
    }

    private static bool IsGatewayAlone(ComposeService service) =>
        service.Environment.GetValueOrDefault("BIGTECH_TARGET") == Roles.Gateway.Key;

    [GeneratedRegex(@"\b(bigtech-[a-z0-9-]+):(\d+)")]
    private static partial Regex Address();

    [GeneratedRegex(@"((?<!EMPTY_)PASSWORD|SECRET|Secret|_KEY)$")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(?:[Pp]assword=|mongodb://\w+:)(.[^;,@]*)")]
    private static partial Regex SecretWithin();

    [GeneratedRegex(@"^\$\{[A-Z_]+:\?[^}]+\}$")]
    private static partial Regex FromOutside();

    [GeneratedRegex(@"^(\$\{BIGTECH_IMAGE:-)?[a-z0-9./_-]+:v?\d+\.\d+\.\d+[a-z0-9.-]*\}?$")]
    private static partial Regex Pinned();
}
