using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace BigTech.Platform.Http;

/// <summary>The address that a request comes from.</summary>
public static class ClientAddress
{
    private const int NetworkBytesOfIPv6 = 8;

    /// <summary>The address; one of IPv4 that came over a socket of IPv6 is one of IPv4.</summary>
    public static IPAddress? Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }

    /// <summary>What is counted as one caller: an address of IPv4; of IPv6 a whole /64 network, for one host commands it.</summary>
    public static string Network(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytesOfIPv6))
        : address.ToString();
}
