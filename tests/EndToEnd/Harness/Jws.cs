using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BigTech.Tests.EndToEnd;

/// <summary>Parses signed tokens and builds forged ones (RFC 7515).</summary>
internal static class Jws
{
    public static byte[] Decode(string part) => Base64Url.DecodeFromChars(part);

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    /// <summary>A part in which one member has another value, or is missing.</summary>
    public static string Change(string part, string name, JsonNode? value)
    {
        var json = JsonNode.Parse(Decode(part)).ShouldNotBeNull().AsObject();
        if (value is null)
            json.Remove(name);
        else
            json[name] = value;
        return Encode(json.ToJsonString());
    }

    /// <summary>The key of one JWKS entry.</summary>
    public static ECDsa PublicKey(JsonElement jwk) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Coordinate(jwk, "x"), Y = Coordinate(jwk, "y") },
    });

    /// <summary>The only key of a folder of signing keys.</summary>
    public static ECDsa PrivateKey(string folder)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Directory.GetFiles(folder, "*.pem").Single()));
        return key;
    }

    public static byte[] Coordinate(JsonElement jwk, string name) => Decode(jwk.GetProperty(name).GetString().ShouldNotBeNull());

    /// <summary>A token of these parts, signed with a key that the test chooses.</summary>
    public static string SignES256(string header, string payload, ECDsa key)
    {
        var signature = key.SignData(
            Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{header}.{payload}.{Encode(signature)}";
    }

    /// <summary>A token of these parts with a message authentication code.</summary>
    public static string SignHS256(string header, string payload, byte[] secret) =>
        $"{header}.{payload}.{Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{header}.{payload}")))}";
}
