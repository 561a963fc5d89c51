using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>What became of an attempt to sign up; one that breaks a rule of the fields is none.</summary>
internal enum SignUpResult
{
    Accepted,

    /// <summary>The address or the name has an account: the answer says so, and who asks much may be collecting them.</summary>
    Taken,

    /// <summary>Over a limit of its network.</summary>
    Limited,
}

/// <summary>The attempts of one class of networks since the last report.</summary>
/// <param name="Networks">How many networks made the attempts that were taken or limited.</param>
internal sealed record SignUpCounts(string NetworkClass, int Accepted, int Taken, int Limited, int Networks);

/// <summary>Counts attempts to sign up, for the metrics and for the security log. It keeps no e-mail address and no name.</summary>
internal sealed class SignUpMonitor
{
    // A flood of networks must not take memory.
    private const int MaxNetworks = 10_000;
    private static readonly IPNetwork[] PrivateNetworks =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    private static readonly Counter<long> Attempts = Meters.Meter.CreateCounter<long>(
        "bigtech.sign_up.attempts", "{attempt}", "Attempts to sign up, by what became of them.");

    private static readonly Counter<long> Registered = Meters.Meter.CreateCounter<long>(
        "bigtech.users.registered", "{user}", "Users who have signed up.");

    private readonly Lock _lock = new();
    private Dictionary<string, Tally> _tallies = [];

    /// <summary>Counts an account that exists from now on.</summary>
    public static void CountRegistered() => Registered.Add(1);

    public void Count(SignUpResult result, ClientInfo client)
    {
        Attempts.Add(1, new KeyValuePair<string, object?>("result", Text(result)));
        var networkClass = ClassOf(client.Address);
        lock (_lock)
        {
            if (!_tallies.TryGetValue(networkClass, out var tally)) _tallies[networkClass] = tally = new Tally();
            tally.Counts[(int)result]++;
            if (result != SignUpResult.Accepted && tally.Networks.Count < MaxNetworks) tally.Networks.Add(client.Network);
        }
    }

    /// <summary>The counts since the last call, by class of network.</summary>
    public IReadOnlyList<SignUpCounts> TakeAll()
    {
        Dictionary<string, Tally> taken;
        lock (_lock) (taken, _tallies) = (_tallies, []);
        return [.. taken.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.Of(entry.Key))];
    }

    /// <summary><c>loopback</c>, <c>private</c>, <c>ipv4</c>, <c>ipv6</c> or <c>unknown</c>.</summary>
    private static string ClassOf(string text)
    {
        if (!IPAddress.TryParse(text, out var address)) return "unknown";
        if (IPAddress.IsLoopback(address)) return "loopback";
        if (PrivateNetworks.Any(network => network.Contains(address))) return "private";
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4";
    }

    private static string Text(SignUpResult result) => result switch
    {
        SignUpResult.Accepted => "accepted",
        SignUpResult.Taken => "taken",
        _ => "limited",
    };

    private sealed class Tally
    {
        public int[] Counts { get; } = new int[Enum.GetValues<SignUpResult>().Length];

        public HashSet<string> Networks { get; } = new(StringComparer.Ordinal);

        public SignUpCounts Of(string networkClass) => new(
            networkClass, Counts[(int)SignUpResult.Accepted], Counts[(int)SignUpResult.Taken], Counts[(int)SignUpResult.Limited],
            Networks.Count);
    }
}

/// <summary>Counts the answers of the route for signing up.</summary>
internal sealed class CountSignUps(SignUpMonitor monitor) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            var answer = await next(context);
            await Count(SignUpResult.Accepted, context);
            return answer;
        }
        catch (AppError error) when (error.Kind is ErrorKind.Conflict or ErrorKind.RateLimited)
        {
            await Count(error.Kind == ErrorKind.Conflict ? SignUpResult.Taken : SignUpResult.Limited, context);
            throw;
        }
    }

    private async ValueTask Count(SignUpResult result, EndpointFilterInvocationContext context) =>
        monitor.Count(result, (await ClientInfo.BindAsync(context.HttpContext))!);
}
