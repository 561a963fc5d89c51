using System.Text.Json;

namespace BigTech.Tests.Browser;

/// <summary>An EventSource over a long time, on a server whose clock the test sets forward.</summary>
public sealed class ClockTests(Chromium chromium)
{
    private const string Password = "horse-battery-7";

    [Fact]
    public async Task It_survives_a_day_of_renewed_tokens_with_the_cookie_of_the_first()
    {
        await using var server = await InProcessServer.Start();
        var ann = await SignUp(server, "ann");
        var tokens = await SignUp(server, "bob");
        var room = (await server.Send(
            HttpMethod.Post, "/chat-rooms", new { name = "group", participant_ids = new[] { Id(tokens) } }, Token(ann))).GetProperty("id");
        await using var bob = await Visitor.Open(chromium, server.Url);
        (await bob.SignIn(Token(tokens))).ShouldBe(204);
        await bob.Follow($"/messages/stream/{room}");
        await bob.Until("seen.length > 0");

        // A client renews its token before it ends, after a quarter of an hour.
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromHours(24); passed += TimeSpan.FromMinutes(14))
        {
            server.Time.Advance(TimeSpan.FromMinutes(14));
            tokens = await Renew(server, tokens);
            ann = await Renew(server, ann);
        }
        var opened = (await bob.Evaluate("opened")).GetInt32();
        server.Time.Advance(TimeSpan.FromMinutes(80));
        await bob.Until($"opened > {opened}");
        ann = await Renew(server, ann);
        await server.Send(HttpMethod.Post, $"/messages/{room}", new { content = "a day later" }, Token(ann));

        (await bob.Messages(1)).ShouldBe([1]);
        (await bob.Evaluate("seen.some(event => event.name === 'reset')")).GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task It_ends_with_a_session_that_was_not_renewed_for_a_month()
    {
        await using var server = await InProcessServer.Start();
        var tokens = await SignUp(server, "bob");
        await using var bob = await Visitor.Open(chromium, server.Url);
        (await bob.SignIn(Token(tokens))).ShouldBe(204);
        await bob.Follow("/messages/stream");
        await bob.Until("seen.length > 0");

        server.Time.Advance(TimeSpan.FromDays(31));

        await bob.Ended();
    }

    private static async Task<JsonElement> SignUp(InProcessServer server, string name)
    {
        var email = $"{name}@example.org";
        await server.Send(HttpMethod.Post, "/auth/register", new { email, username = name, password = Password });
        return await server.Send(HttpMethod.Post, "/auth/login", new { email, password = Password });
    }

    private static Task<JsonElement> Renew(InProcessServer server, JsonElement tokens) => server.Send(
        HttpMethod.Post, "/auth/refresh", new { refresh_token = tokens.GetProperty("refresh_token").GetString() });

    private static string Token(JsonElement tokens) => tokens.GetProperty("access_token").GetString()!;

    private static long Id(JsonElement tokens) => tokens.GetProperty("user_id").GetInt64();
}
