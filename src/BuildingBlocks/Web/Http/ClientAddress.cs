using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The client address of a request.</summary>
public static class ClientAddress
{
    private const int NetworkBytesOfIPv6 = 8;

    /// <summary>The address; an IPv4-mapped IPv6 address is returned as IPv4.</summary>
    public static IPAddress? From(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }

    /// <summary>The counted unit of rate limits: an IPv4 address, or an IPv6 /64 network, because one host controls it.</summary>
    public static string Network(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytesOfIPv6))
        : address.ToString();
}
