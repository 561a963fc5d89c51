using System.Net;

namespace BigTech.Server;

/// <summary>An address that the program listens on, and the role that it serves.</summary>
/// <param name="Role">gateway, chat, friend, notification or user.</param>
/// <param name="Service">Its name in <c>/health</c>.</param>
internal sealed record EndpointBinding(string Role, string Service, Uri Url)
{
    /// <summary>The ports of the specification, on localhost only: remote access needs an explicit setting.</summary>
    public const string Defaults =
        "gateway=http://localhost:8000;chat=http://localhost:8002;friend=http://localhost:8003;notification=http://localhost:8004;user=http://localhost:8005";

    /// <summary>The service name of each role.</summary>
    private static readonly Dictionary<string, string> Services = new()
    {
        ["gateway"] = "API Gateway",
        ["chat"] = "Chat Service",
        ["friend"] = "Friend Service",
        ["notification"] = "Notification Service",
        ["user"] = "User Service",
    };

    /// <summary>All roles.</summary>
    public static IReadOnlyCollection<string> Roles => Services.Keys;

    /// <summary>Reads <c>--urls</c>; by default each role has its own port.</summary>
    /// <param name="roles">The roles of this process.</param>
    public static (IReadOnlyList<EndpointBinding> Listeners, string? Error) Parse(string text, IReadOnlySet<string> roles)
    {
        if (text == Defaults)
        {
            var (all, _) = Parse(text);
            return ([.. all.Where(listener => roles.Contains(listener.Role))], null);
        }
        var (listeners, error) = Parse(text, bareRole: roles.Count == 1 ? roles.Single() : "gateway");
        var foreign = listeners.FirstOrDefault(listener => !roles.Contains(listener.Role));
        return foreign is null ? (listeners, error) : ([], $"'{foreign.Role}' is not a role of this process.");
    }

    private static (IReadOnlyList<EndpointBinding> Listeners, string? Error) Parse(string text, string bareRole = "gateway")
    {
        var listeners = new List<EndpointBinding>();
        foreach (var entry in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var mark = entry.IndexOf('=', StringComparison.Ordinal);
            var (role, url) = mark < 0 ? (bareRole, entry) : (entry[..mark], entry[(mark + 1)..]);
            if (!Services.TryGetValue(role, out var service)) return ([], $"'{role}' is not a role.");
            // A wildcard host is common for servers but is not a valid URL.
            var address = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.AbsolutePath != "/")
            {
                return ([], $"'{url}' is not a URL of the form http://HOST:PORT.");
            }
            if (uri.Host != "localhost" && !IPAddress.TryParse(uri.Host.Trim('[', ']'), out _)) return ([], $"'{uri.Host}' is neither localhost nor an IP address.");
            listeners.Add(new EndpointBinding(role, service, uri));
        }
        return listeners.Count > 0 ? (listeners, null) : ([], "names no URL.");
    }
}
