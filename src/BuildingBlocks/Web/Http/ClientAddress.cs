using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The client address of a request.</summary>
public static class ClientAddress
{
    private const int NetworkBytesOfIPv6 = 8, SiteBytesOfIPv6 = 6;

    /// <summary>The address; an IPv4-mapped IPv6 address is returned as IPv4.</summary>
    public static IPAddress? From(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }

    /// <summary>The counted unit of rate limits: an IPv4 address, or an IPv6 /64 network, because one host controls it.</summary>
    public static string Network(IPAddress address) => Prefix(address, NetworkBytesOfIPv6);

    /// <summary>An IPv4 address, or an IPv6 /48 network: the most that one customer of a provider has.</summary>
    public static string Site(IPAddress address) => Prefix(address, SiteBytesOfIPv6);

    private static string Prefix(IPAddress address, int bytesOfIPv6) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, bytesOfIPv6))
        : address.ToString();
}
