using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BigTech.Tests.EndToEnd.BadInput;

/// <summary>Tokens that the server did not sign exactly as they are grant no access (RFC 8725).</summary>
[Scenarios]
public sealed class ForgedTokenScenarios(SharedServer server)
{
    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    [InlineData("Bearer rubbish")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer ..")]
    [InlineData("Bearer e30.e30.")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("rubbish")]
    public async Task A_header_that_is_no_token_is_401(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url("/profile/me"));
        request.Headers.TryAddWithoutValidation("Authorization", header);

        (await server.Anonymous.Send(request)).ShouldBeProblem(401);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    public async Task An_unsigned_token_is_refused(string algorithm)
    {
        var (header, payload, signature) = await Parts();
        var unsigned = Jws.Change(header, "alg", algorithm);

        await ShouldBeRefused($"{unsigned}.{payload}.", $"{unsigned}.{payload}", $"{unsigned}.{payload}.{signature}");
    }

    [Fact]
    public async Task A_token_with_a_MAC_over_the_public_key_is_refused()
    {
        var (header, payload, _) = await Parts();
        var forged = Jws.Change(header, "alg", "HS256");
        var jwk = await PublishedKey(header);
        using var key = Jws.PublicKey(jwk);
        var (x, y) = (Jws.Coordinate(jwk, "x"), Jws.Coordinate(jwk, "y"));

        byte[][] secrets =
        [
            key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()),
            Encoding.UTF8.GetBytes(jwk.GetRawText()), [.. x, .. y], [4, .. x, .. y], x, [],
        ];

        await ShouldBeRefused([.. secrets.Select(secret => Jws.SignHS256(forged, payload, secret))]);
        await ShouldBeRefused([.. secrets.Select(secret => Jws.SignHS256(header, payload, secret))]);
    }

    [Fact]
    public async Task A_token_of_another_key_is_refused_whatever_it_says_of_its_key()
    {
        var (header, payload, _) = await Parts();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = other.ExportParameters(includePrivateParameters: false).Q;
        var jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Jws.Encode(point.X)}}","y":"{{Jws.Encode(point.Y)}}"}""";
        var withKey = Jws.Encode(Jws.Decode(header).AsSpan()[..^1].ToArray().Concat(Encoding.UTF8.GetBytes($",\"jwk\":{jwk}}}")).ToArray());

        await ShouldBeRefused(
            Jws.SignES256(header, payload, other),
            Jws.SignES256(withKey, payload, other),
            Jws.SignES256(Jws.Change(header, "kid", "unknown"), payload, other),
            Jws.SignES256(Jws.Change(header, "kid", "../../../../dev/null"), payload, other),
            Jws.SignES256(Jws.Change(header, "kid", null), payload, other));
    }

    [Fact]
    public async Task A_changed_token_is_refused()
    {
        var (header, payload, signature) = await Parts();
        var other = await server.NewUser();
        var bits = Jws.Decode(signature);
        bits[10] ^= 1;

        await ShouldBeRefused(
            $"{header}.{Jws.Change(payload, "sub", $"{other.Id}")}.{signature}",
            $"{header}.{Jws.Change(payload, "exp", 4_000_000_000)}.{signature}",
            $"{Jws.Change(header, "typ", "JWT")}.{payload}.{signature}",
            $"{Jws.Change(header, "typ", null)}.{payload}.{signature}",
            $"{Jws.Change(header, "alg", "ES384")}.{payload}.{signature}",
            $"{Jws.Change(header, "crit", "exp")}.{payload}.{signature}",
            $"{header}.{payload}.{Jws.Encode(bits)}");
    }

    [Fact]
    public async Task A_truncated_token_is_refused()
    {
        var (header, payload, signature) = await Parts();
        var whole = $"{header}.{payload}.{signature}";

        await ShouldBeRefused(
            whole[..^1], whole[..^2], whole[..^43], whole[..(whole.Length / 2)], $"{header}.{payload}.", $"{header}.{payload}", header,
            $"{whole}.", $"{whole}.{signature}", $"{whole}A", $"{whole}AAAA", whole[1..]);
    }

    [Fact]
    public async Task A_signature_in_another_form_is_refused()
    {
        var (header, payload, signature) = await Parts();
        var (r, s) = (Jws.Decode(signature)[..32], Jws.Decode(signature)[32..]);
        byte[] der = [0x30, (byte)(2 * 35), 0x02, 33, 0, .. r, 0x02, 33, 0, .. s];

        await ShouldBeRefused(
            $"{header}.{payload}.{Jws.Encode(der)}",
            $"{header}.{payload}.{Jws.Encode(new byte[64])}",
            $"{header}.{payload}.{Jws.Encode([.. s, .. r])}",
            $"{header}.{payload}.{Jws.Encode([.. new byte[1], .. r, .. new byte[1], .. s])}");
    }

    [Fact]
    public async Task Even_with_the_right_key_a_token_must_be_in_force_and_made_for_this()
    {
        var (header, payload, _) = await Parts();
        using var key = server.SigningKey();
        var hourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
        var inAnHour = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        await ShouldBeAccepted(Jws.SignES256(header, payload, key));

        await ShouldBeRefused(
            Jws.SignES256(header, Jws.Change(payload, "exp", hourAgo), key),
            Jws.SignES256(header, Jws.Change(payload, "exp", null), key),
            Jws.SignES256(header, Jws.Change(payload, "exp", "never"), key),
            Jws.SignES256(header, Jws.Change(payload, "nbf", inAnHour), key),
            Jws.SignES256(header, Jws.Change(payload, "iat", inAnHour), key),
            Jws.SignES256(header, Jws.Change(payload, "iss", "another-issuer"), key),
            Jws.SignES256(header, Jws.Change(payload, "aud", "something-else"), key),
            Jws.SignES256(header, Jws.Change(payload, "aud", null), key),
            Jws.SignES256(header, Jws.Change(payload, "sub", "unknown"), key),
            Jws.SignES256(header, Jws.Change(payload, "sub", null), key),
            Jws.SignES256(Jws.Change(header, "typ", "JWT"), payload, key),
            Jws.SignES256(Jws.Change(header, "typ", "logout+jwt"), payload, key),
            Jws.SignES256(Jws.Change(header, "typ", null), payload, key),
            Jws.SignES256(Jws.Change(header, "alg", "ES384"), payload, key),
            Jws.SignES256(Jws.Change(header, "alg", "none"), payload, key),
            Jws.SignES256(Jws.Change(header, "crit", new JsonArray("exp")), payload, key),
            Jws.SignES256(Jws.Encode("[]"), payload, key),
            Jws.SignES256(header, Jws.Encode("[]"), key),
            Jws.SignES256(header, Jws.Encode("rubbish"), key));
    }

    [Fact]
    public async Task A_refresh_token_and_rubbish_of_any_size_are_no_access_tokens()
    {
        var user = await server.NewUser();

        await ShouldBeRefused(user.Tokens.RefreshToken, new string('a', 20_000), "한글", "\"", "a b");
    }

    private async Task<(string Header, string Payload, string Signature)> Parts()
    {
        var user = await server.NewUser();
        (await user.IsSignedIn()).ShouldBeTrue("the token is good before it is forged");
        var parts = user.Tokens.AccessToken.Split('.');
        return (parts[0], parts[1], parts[2]);
    }

    private async Task<JsonElement> PublishedKey(string header)
    {
        var kid = JsonNode.Parse(Jws.Decode(header)).ShouldNotBeNull()["kid"].ShouldNotBeNull().GetValue<string>();
        var keys = (await server.Anonymous.Get("/.well-known/jwks.json")).ShouldBe(200).Json.GetProperty("keys");
        return keys.EnumerateArray().Single(key => key.GetProperty("kid").GetString() == kid);
    }

    private async Task ShouldBeAccepted(string token) =>
        (await server.Anonymous.With(token).Get("/profile/me")).ShouldBe(200);

    private async Task ShouldBeRefused(params string[] tokens)
    {
        foreach (var token in tokens)
        {
            foreach (var path in new[] { "/profile/me", "/chat-rooms", "/messages/stream" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, server.Anonymous.Url(path));
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
                (await server.Anonymous.Send(request)).ShouldBeProblem(401);
            }
        }
    }
}
