using System.Net;

namespace BigTech.Server;

/// <summary>One place where the program listens, and the role that answers there.</summary>
/// <param name="Role">gateway, chat, friend, notification or user.</param>
/// <param name="Service">What <c>/health</c> calls it.</param>
internal sealed record EndpointBinding(string Role, string Service, Uri Url)
{
    /// <summary>The ports of the specification, on this machine only: to be reached from others is a decision.</summary>
    public const string Defaults =
        "gateway=http://localhost:8000;chat=http://localhost:8002;friend=http://localhost:8003;notification=http://localhost:8004;user=http://localhost:8005";

    /// <summary>What each role's port is called.</summary>
    private static readonly Dictionary<string, string> Services = new()
    {
        ["gateway"] = "API Gateway",
        ["chat"] = "Chat Service",
        ["friend"] = "Friend Service",
        ["notification"] = "Notification Service",
        ["user"] = "User Service",
    };

    /// <summary>All roles there are.</summary>
    public static IReadOnlyCollection<string> Roles => Services.Keys;

    /// <summary>Reads <c>--urls</c>, or gives each role its own port where that is not set.</summary>
    /// <param name="roles">The roles that the process takes.</param>
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
            // A wildcard host is common for servers and not a URL.
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
