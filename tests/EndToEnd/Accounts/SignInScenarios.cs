using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BigTech.Tests.EndToEnd.Accounts;

[Scenarios]
public sealed class SignInScenarios(SharedServer server)
{
    [Theory]
    [InlineData("/auth/login")]
    [InlineData("/auth/login/json")]
    public async Task Signing_in_with_JSON_gives_tokens_that_work(string path)
    {
        var user = await server.NewUser();

        var answer = await server.Anonymous.Post(path, new { email = user.Account.Email.ToUpperInvariant(), password = user.Password });

        await ShouldBeTokensOf(user, answer);
    }

    [Fact]
    public async Task Signing_in_with_the_OAuth2_form_gives_tokens_that_work()
    {
        var user = await server.NewUser();

        var answer = await server.Anonymous.PostForm(
            "/auth/login", ("grant_type", "password"), ("username", user.Account.Email), ("password", user.Password));

        await ShouldBeTokensOf(user, answer);
    }

    [Fact]
    public async Task A_wrong_email_and_a_wrong_password_look_alike()
    {
        var user = await server.NewUser();

        var wrongEmail = await SignIn(server.Anonymous, $"{User.NewName()}@example.org", user.Password);
        var wrongPassword = await SignIn(server.Anonymous, user.Account.Email, "horse-battery-7-wrong");

        var problems = new[] { wrongEmail.ShouldBeProblem(401), wrongPassword.ShouldBeProblem(401) };
        problems[0].ShouldBe(problems[1] with { TraceId = problems[0].TraceId });
    }

    [Fact]
    public async Task A_wrong_password_in_the_form_is_401()
    {
        var user = await server.NewUser();

        var answer = await server.Anonymous.PostForm("/auth/login", ("username", user.Account.Email), ("password", "wrong-pass-1"));

        answer.ShouldBeProblem(401);
    }

    [Fact]
    public async Task Repeated_failures_of_one_account_slow_down_and_say_for_how_long()
    {
        var email = $"{User.NewName()}@example.org";
        Answer answer;
        var failures = 0;
        do
        {
            answer = (await SignIn(server.Anonymous, email, "wrong-pass-1")).ShouldBe(401, 429);
            failures++;
        }
        while (answer.Status == 401 && failures < 20);

        answer.ShouldBeProblem(429);
        answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        foreach (var header in new[] { "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset" })
            int.Parse(answer.Headers.GetValues(header).Single(), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Access_tokens_are_signed_with_ES256_by_a_published_key()
    {
        var user = await server.NewUser();

        var published = (await server.Anonymous.Get("/.well-known/jwks.json")).ShouldBe(200).Json.GetProperty("keys");

        var parts = user.Tokens.AccessToken.Split('.');
        var header = JsonSerializer.Deserialize<JsonElement>(Jws.Decode(parts[0]));
        header.GetProperty("alg").GetString().ShouldBe("ES256");
        var key = published.EnumerateArray().Single(k => k.GetProperty("kid").GetString() == header.GetProperty("kid").GetString());
        key.GetProperty("kty").GetString().ShouldBe("EC");
        key.GetProperty("crv").GetString().ShouldBe("P-256");
        key.GetProperty("use").GetString().ShouldBe("sig");
        key.TryGetProperty("d", out _).ShouldBeFalse("a private key must not be published");
        using var verifier = Jws.PublicKey(key);
        verifier.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Jws.Decode(parts[2]), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation).ShouldBeTrue();
    }

    [Fact]
    public async Task No_answer_but_the_token_endpoints_own_carries_a_token_or_a_password()
    {
        var user = await server.NewUser();

        foreach (var path in new[] { "/profile/me", "/auth/sessions", $"/users/{user.Id}" })
        {
            var text = (await user.Api.Get(path)).ShouldBe(200).Text;
            text.ShouldNotContain(user.Tokens.RefreshToken);
            text.ShouldNotContain("password");
        }
    }

    private static Task<Answer> SignIn(ApiClient client, string email, string password) =>
        client.Post("/auth/login", new { email, password });

    private static async Task ShouldBeTokensOf(User user, Answer answer)
    {
        var tokens = answer.As<Tokens>();
        answer.Json.EnumerateObject().Count().ShouldBe(6, answer.ToString());
        tokens.TokenType.ShouldBe("bearer");
        tokens.UserId.ShouldBe(user.Id);
        tokens.ExpiresIn.ShouldBe(15 * 60);
        (await user.With(tokens).IsSignedIn()).ShouldBeTrue();
    }
}
