using System.Net;
using System.Net.Sockets;

namespace BigTech.Server;

/// <summary>An address that the program listens on, and the role that it serves.</summary>
internal sealed record EndpointBinding(Role Role, Uri Url)
{
    /// <summary>The ports of the specification, on localhost only: remote access needs an explicit setting.</summary>
    public static string Defaults { get; } = string.Join(';', Roles.Listening.Select(role => $"{role.Key}=http://localhost:{role.Port}"));

    /// <summary>Reads <c>--urls</c>; by default each role has its own port.</summary>
    /// <param name="roles">The roles of this process.</param>
    public static (IReadOnlyList<EndpointBinding> Listeners, string? Error) Parse(string text, IReadOnlySet<Role> roles)
    {
        if (text == Defaults)
        {
            var (all, _) = Parse(text);
            return ([.. all.Where(listener => roles.Contains(listener.Role) || IsFreeForMetrics(listener))], null);
        }
        var (listeners, error) = Parse(text, bareRole: roles.Count == 1 ? roles.Single() : Roles.Gateway);
        var foreign = listeners.FirstOrDefault(listener => listener.Role != Roles.Metrics && !roles.Contains(listener.Role));
        return foreign is null ? (listeners, error) : ([], $"'{foreign.Role.Key}' is not a role of this process.");
    }

    private static (IReadOnlyList<EndpointBinding> Listeners, string? Error) Parse(string text, Role? bareRole = null)
    {
        var listeners = new List<EndpointBinding>();
        foreach (var entry in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var mark = entry.IndexOf('=', StringComparison.Ordinal);
            var (role, url) = mark < 0 ? (bareRole ?? Roles.Gateway, entry) : (Find(entry[..mark]), entry[(mark + 1)..]);
            if (role is null) return ([], $"'{entry[..mark]}' is not a role.");
            // A wildcard host is common for servers but is not a valid URL.
            var address = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal)
                .Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.AbsolutePath != "/")
            {
                return ([], $"'{url}' is not a URL of the form http://HOST:PORT.");
            }
            if (uri.Host != "localhost" && !IPAddress.TryParse(uri.Host.Trim('[', ']'), out _))
            {
                return ([], $"'{uri.Host}' is neither localhost nor an IP address.");
            }
            listeners.Add(new EndpointBinding(role, uri));
        }
        return listeners.Count > 0 ? (listeners, null) : ([], "names no URL.");
    }

    private static Role? Find(string key) => Roles.Listening.FirstOrDefault(role => role.Key == key);

    /// <summary>Several processes on one machine run the same default; those that find the port taken run without metrics.</summary>
    private static bool IsFreeForMetrics(EndpointBinding listener)
    {
        if (listener.Role != Roles.Metrics) return false;
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, listener.Url.Port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
