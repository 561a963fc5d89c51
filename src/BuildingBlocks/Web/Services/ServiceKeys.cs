using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Services;

/// <summary>Who a request's key shows the caller to be.</summary>
public enum KeyHolder
{
    /// <summary>No key, or an unknown one.</summary>
    None,

    /// <summary>The gateway: what it says about the client is believed.</summary>
    Gateway,

    /// <summary>A service: it may also call the internal paths.</summary>
    Service,
}

/// <summary>The secrets that the product's own processes show to each other.</summary>
public sealed class ServiceKeys(ServicesOptions options)
{
    /// <summary>The header that carries the secret.</summary>
    public const string Header = "X-Service-Key";

    private readonly byte[][] _services = Digests(options.Secret, options.PreviousSecret);
    private readonly byte[][] _gateways = Digests(options.GatewaySecret, options.PreviousGatewaySecret);

    public KeyHolder HolderOf(IHeaderDictionary headers)
    {
        if (headers[Header] is not [{ Length: > 0 } presented]) return KeyHolder.None;
        // Digests have equal lengths, so the time of the comparison reveals nothing about the secret.
        var digest = Digest(presented);
        if (IsAmong(_services, digest)) return KeyHolder.Service;
        return IsAmong(_gateways, digest) ? KeyHolder.Gateway : KeyHolder.None;
    }

    private static bool IsAmong(byte[][] known, byte[] digest) =>
        known.Any(one => CryptographicOperations.FixedTimeEquals(one, digest));

    private static byte[][] Digests(params string?[] secrets) => [.. secrets.OfType<string>().Select(Digest)];

    private static byte[] Digest(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
