using System.Buffers.Text;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Users;

public sealed class SigningKeysTests : IDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(15);

    private readonly TemporaryFolder _data = new();
    private readonly ManualTime _time = new();

    private string Folder => Path.Combine(_data.Path, "keys");

    [Fact]
    public void The_first_start_makes_a_key_that_only_its_owner_reads()
    {
        using var keys = Load();
        var file = Directory.GetFiles(Folder).ShouldHaveSingleItem();
        File.ReadAllText(file).ShouldStartWith("-----BEGIN PRIVATE KEY-----");
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_others_can_write_is_closed_while_it_is_empty_and_refused_with_a_key_in_it(UnixFileMode more)
    {
        var open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | more;
        Directory.CreateDirectory(Folder, open);
        File.SetUnixFileMode(Folder, open);
        Load().Dispose();
        File.GetUnixFileMode(Folder).ShouldBe(open & ~more);

        File.SetUnixFileMode(Folder, open);

        Should.Throw<StartupException>(Load).Message.ShouldContain(Folder);
    }

    [Fact]
    public void A_restart_keeps_the_keys()
    {
        string token;
        using (var keys = Load()) token = Sign(keys);
        using var again = Load();
        Directory.GetFiles(Folder).Length.ShouldBe(1);
        Verify(again, token).ShouldBeTrue();
    }

    [Fact]
    public void The_published_keys_verify_tokens_and_hold_nothing_private()
    {
        using var keys = Load();
        var token = Sign(keys);
        var key = PublicKeys(keys).ShouldHaveSingleItem();
        key.EnumerateObject().Select(property => property.Name).ShouldBe(["kty", "crv", "x", "y", "use", "alg", "kid"]);
        var (x, y, kid) = (key.GetProperty("x").GetString()!, key.GetProperty("y").GetString()!, key.GetProperty("kid").GetString()!);
        using var verifier = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) },
        });
        Jwt.Verify(token, id => id == kid ? verifier : null, _time.GetUtcNow()).ShouldNotBeNull();
        // RFC 7638, section 3: the digest of a key's required members, in lexicographic order.
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}"""));
        kid.ShouldBe(Base64Url.EncodeToString(digest));
    }

    [Fact]
    public void A_change_of_keys_signs_no_user_out()
    {
        using var keys = Load();
        _time.Advance(TimeSpan.FromDays(90));
        var old = PublicKeys(keys)[0].GetProperty("kid").GetString();
        keys.Maintain();
        PublicKeys(keys).Count.ShouldBe(2);

        // Published, but not used for signing yet.
        var before = Sign(keys);
        KeyOf(before).ShouldBe(old);
        _time.Advance(KeySchedule.Margin - TimeSpan.FromSeconds(1));
        var last = Sign(keys);
        KeyOf(last).ShouldBe(old);
        _time.Advance(TimeSpan.FromSeconds(1));
        KeyOf(Sign(keys)).ShouldNotBe(old);

        // The last token of the old key stays valid for its whole lifetime.
        _time.Advance(TokenLifetime - TimeSpan.FromSeconds(2));
        keys.Maintain();
        Verify(keys, last).ShouldBeTrue();

        _time.Advance(TimeSpan.FromHours(1));
        keys.Maintain();
        keys.Find(old!).ShouldBeNull();
        PublicKeys(keys).Count.ShouldBe(1);
        Directory.GetFiles(Folder).Length.ShouldBe(1);
        Verify(keys, Sign(keys)).ShouldBeTrue();
    }

    [Fact]
    public void A_replica_finds_the_key_that_another_has_made_in_the_folder_that_they_share()
    {
        using var one = Load();
        using var other = Load();
        _time.Advance(TimeSpan.FromDays(90));
        one.Maintain();
        _time.Advance(KeySchedule.Margin);
        var token = Sign(one);
        KeyOf(token).ShouldNotBe(KeyOf(Sign(other)));

        Verify(other, token).ShouldBeTrue();

        PublicKeys(other).Count.ShouldBe(2);
        KeyOf(Sign(other)).ShouldBe(KeyOf(token));
    }

    [Fact]
    public void A_damaged_file_of_another_replica_does_not_disturb_one_that_runs()
    {
        using var keys = Load();
        var token = Sign(keys);
        File.WriteAllText(Path.Combine(Folder, "20260101T000000Z-00000000.pem"), "rubbish");
        _time.Advance(TimeSpan.FromSeconds(2));

        keys.Find("unknown").ShouldBeNull();

        Verify(keys, token).ShouldBeTrue();
    }

    [Fact]
    public void A_start_after_a_long_time_replaces_the_key()
    {
        Load().Dispose();
        _time.Advance(TimeSpan.FromDays(365));
        using var keys = Load();
        PublicKeys(keys).Count.ShouldBe(2);
        Verify(keys, Sign(keys)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----")]
    public void A_damaged_key_stops_the_start_with_one_line(string content)
    {
        Load().Dispose();
        var file = Directory.GetFiles(Folder)[0];
        File.WriteAllText(file, content);
        var message = Should.Throw<StartupException>(Load).Message;
        message.ShouldContain(file);
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void A_key_of_another_curve_or_without_its_private_half_stops_the_start()
    {
        Load().Dispose();
        var file = Directory.GetFiles(Folder)[0];
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        File.WriteAllText(file, p384.ExportPkcs8PrivateKeyPem());
        Should.Throw<StartupException>(Load);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, p256.ExportSubjectPublicKeyInfoPem());
        Should.Throw<StartupException>(Load);
        using var rsa = RSA.Create(2048);
        File.WriteAllText(file, rsa.ExportPkcs8PrivateKeyPem());
        Should.Throw<StartupException>(Load);
    }

    [Fact]
    public void A_file_that_is_no_key_of_this_program_stops_the_start()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "mine.pem"), "?");
        Should.Throw<StartupException>(Load).Message.ShouldContain("mine.pem");
    }

    [Fact]
    public void A_key_whose_writing_was_cut_short_is_no_key()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "20260301T120000Z-0123abcd.pem.new"), "-----BEGIN");
        using var keys = Load();
        PublicKeys(keys).Count.ShouldBe(1);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_stops_the_start()
    {
        File.WriteAllText(Folder, "in the way");
        Should.Throw<StartupException>(Load).Message.ShouldContain(Folder);
    }

    [Fact]
    public void Many_threads_may_sign_at_once()
    {
        using var keys = Load();
        var tokens = new string[256];
        Parallel.For(0, tokens.Length, i => tokens[i] = Sign(keys));
        tokens.ShouldAllBe(token => Verify(keys, token));
    }

    public void Dispose() => _data.Dispose();

    private SigningKeys Load() => new(
        Folder, new KeySchedule(TimeSpan.FromDays(90), TokenLifetime), _time, NullLogger<SigningKeys>.Instance);

    private string Sign(SigningKeys keys)
    {
        var now = _time.GetUtcNow();
        return keys.Sign(new AccessClaims(1, "1", "kim_cs", now, now + TokenLifetime));
    }

    private bool Verify(SigningKeys keys, string token) => Jwt.Verify(token, keys.Find, _time.GetUtcNow()) is not null;

    private static string? KeyOf(string token)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.'))));
        return header.RootElement.GetProperty("kid").GetString();
    }

    private static List<JsonElement> PublicKeys(SigningKeys keys)
    {
        using var document = JsonDocument.Parse(keys.PublicKeys);
        return document.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.Clone()).ToList();
    }
}
