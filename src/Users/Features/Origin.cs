using System.Net;
using System.Net.Sockets;
using BigTech.Users.Domain;
using Microsoft.AspNetCore.Http;

namespace BigTech.Users.Features;

/// <summary>Where a request comes from.</summary>
internal sealed record Origin(string Address, string? UserAgent)
{
    private const int LongestUserAgent = 255;
    private const int HostBytesOfIPv6 = 8;

    public Device Device => new(UserAgent, Address);

    /// <summary>What failures are counted by: one host of IPv6 commands a whole /64 network.</summary>
    public string ThrottleKey => IPAddress.TryParse(Address, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, HostBytesOfIPv6))
        : Address;

    public static ValueTask<Origin?> BindAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        var agent = context.Request.Headers.UserAgent.ToString();
        if (agent.Length > LongestUserAgent) agent = agent[..LongestUserAgent];
        return ValueTask.FromResult<Origin?>(new Origin(address?.ToString() ?? "unknown", agent.Length == 0 ? null : agent));
    }
}
