using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BigTech.BuildingBlocks.Web.Auth;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class JwtTests
{
    private const string KeyId = "key-1";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly ECDsa Key = Rfc7515Key();
    private static readonly AccessClaims Claims = new(42, "7", "kim_cs", Now, Now.AddMinutes(15));

    [Fact]
    public void Verifying_a_token_returns_what_was_signed() => Verify(Jwt.Sign(Claims, new SigningKey(KeyId, Key))).ShouldBe(Claims);

    [Fact]
    public void The_signature_has_the_form_of_RFC_7515_A_3()
    {
        const string example = "eyJhbGciOiJFUzI1NiJ9."
            + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        IsSignedBy(Key, example).ShouldBeTrue();
        IsSignedBy(Key, Jwt.Sign(Claims, new SigningKey(KeyId, Key))).ShouldBeTrue();
        // The header has neither a type nor a key id: the token is genuine, but not an access token.
        Jwt.Verify(example, _ => Key, DateTimeOffset.FromUnixTimeSeconds(1_300_819_000)).ShouldBeNull();
    }

    [Fact]
    public void A_token_made_elsewhere_by_the_same_rules_is_taken() => Verify(Token()).ShouldBe(Claims);

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData(" ")]
    [InlineData("\t")]
    public void A_token_has_one_spelling(string more)
    {
        var token = Token();
        Verify(token + more).ShouldBeNull();
        Verify(token.Insert(token.Length - 9, more)).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"alg":"ES384","typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"alg":"es256","typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"alg":"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256","typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"alg":["ES256"],"typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"alg":"ES256","typ":"JWT","kid":"key-1"}""")]
    [InlineData("""{"alg":"ES256","kid":"key-1"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"key-2"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"../key-1"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"key-1","crit":["exp"]}""")]
    [InlineData("""{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"key-1"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"key-1","crit":null}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"key-1","x":1,"x":1}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"\ud800"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"key-1","\ud800":1,"\ud800":1}""")]
    [InlineData("""["ES256"]""")]
    [InlineData("null")]
    [InlineData("{")]
    public void Another_header_is_refused_even_with_a_genuine_signature(string header) => Verify(Token(header: header)).ShouldBeNull();

    [Theory]
    [InlineData("iss", "\"another-service\"")]
    [InlineData("iss", null)]
    [InlineData("aud", "\"another-service\"")]
    [InlineData("aud", "[\"bigtech-chat\",\"other\"]")]
    [InlineData("aud", null)]
    [InlineData("sub", "\"kim\"")]
    [InlineData("sub", "\"-1\"")]
    [InlineData("sub", "\"99999999999999999999\"")]
    [InlineData("sub", "42")]
    [InlineData("sub", null)]
    [InlineData("sid", "\"\"")]
    [InlineData("sid", null)]
    [InlineData("username", null)]
    [InlineData("username", "\"\\ud800\"")]
    [InlineData("username", "null")]
    [InlineData("exp", "1800000000")]
    [InlineData("exp", "1799999999")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "1e300")]
    [InlineData("exp", "9999999999999999")]
    [InlineData("exp", "\"1800000900\"")]
    [InlineData("exp", null)]
    [InlineData("iat", "1800000031")]
    [InlineData("iat", null)]
    [InlineData("iat", "-1")]
    [InlineData("iat", "\"1800000000\"")]
    [InlineData("nbf", "1800000031")]
    public void Another_claim_is_refused_even_with_a_genuine_signature(string claim, string? value) =>
        Verify(Token(payload: Payload(claim, value))).ShouldBeNull();

    [Fact]
    public void A_payload_that_names_a_claim_twice_is_refused() =>
        Verify(Token(payload: Payload()[..^1] + ""","sub":"1"}""")).ShouldBeNull();

    [Fact]
    public void Clocks_may_differ_a_little() => Verify(Token(payload: Payload("nbf", "1800000029"))).ShouldBe(Claims);

    [Fact]
    public void A_token_of_another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Verify(Token(key: other)).ShouldBeNull();
    }

    [Fact]
    public void A_MAC_made_with_the_public_key_is_refused()
    {
        var signed = Encode("""{"alg":"HS256","typ":"at+jwt","kid":"key-1"}""") + "." + Encode(Payload());
        var secret = Encoding.ASCII.GetBytes(Key.ExportSubjectPublicKeyInfoPem());
        Verify($"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}").ShouldBeNull();
    }

    [Fact]
    public void A_signature_in_ASN_1_form_is_refused()
    {
        var signed = Encode(Header) + "." + Encode(Payload());
        var signature = Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Verify($"{signed}.{Base64Url.EncodeToString(signature)}").ShouldBeNull();
    }

    [Fact]
    public void A_signature_of_zeros_is_refused()
    {
        var signed = Encode(Header) + "." + Encode(Payload());
        Verify($"{signed}.{Base64Url.EncodeToString(new byte[64])}").ShouldBeNull();
    }

    [Fact]
    public void Every_shortened_token_is_refused()
    {
        var token = Token();
        for (var length = 0; length < token.Length; length++) Verify(token[..length]).ShouldBeNull();
    }

    [Fact]
    public void Every_changed_character_is_noticed()
    {
        var token = Token();
        for (var i = 0; i < token.Length - 1; i++)
        {
            var changed = token[i] == 'A' ? 'B' : 'A';
            if (token[i] != '.') Verify($"{token[..i]}{changed}{token[(i + 1)..]}").ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("!!!.???.###")]
    [InlineData("한.글.도")]
    public void Rubbish_is_refused(string token) => Verify(token).ShouldBeNull();

    [Fact]
    public void A_huge_token_is_refused_unread() => Verify(new string('a', 5000) + "..").ShouldBeNull();

    private const string Header = """{"alg":"ES256","typ":"at+jwt","kid":"key-1"}""";

    private static AccessClaims? Verify(string token) => Jwt.Verify(token, id => id == KeyId ? Key : null, Now);

    private static string Token(string header = Header, string? payload = null, ECDsa? key = null)
    {
        var signed = $"{Encode(header)}.{Encode(payload ?? Payload())}";
        var signature = (key ?? Key)
            .SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>A payload that is valid except for one claim; a null value omits the claim.</summary>
    private static string Payload(string? claim = null, string? value = null)
    {
        var claims = new Dictionary<string, string?>
        {
            ["iss"] = "\"bigtech-chat\"",
            ["aud"] = "\"bigtech-chat\"",
            ["sub"] = "\"42\"",
            ["sid"] = "\"7\"",
            ["username"] = "\"kim_cs\"",
            ["iat"] = "1800000000",
            ["exp"] = "1800000900",
        };
        if (claim is not null) claims[claim] = value;
        return $"{{{string.Join(',', claims.Where(c => c.Value is not null).Select(c => $"\"{c.Key}\":{c.Value}"))}}}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static bool IsSignedBy(ECDsa key, string token)
    {
        var dot = token.LastIndexOf('.');
        return key.VerifyData(
            Encoding.ASCII.GetBytes(token[..dot]), Base64Url.DecodeFromChars(token.AsSpan(dot + 1)), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>The key of RFC 7515, appendix A.3.1.</summary>
    private static ECDsa Rfc7515Key() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint
        {
            X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        },
        D = Base64Url.DecodeFromChars("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"),
    });
}
