using System.Text.Json.Nodes;

namespace BigTech.Tests.Integration.Users;

public sealed class UsersHttpTests : IAsyncLifetime
{
    private UsersHost _host = null!;
    private long _me;
    private string _token = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await UsersHost.Start();
        _me = await _host.Register("kim_cs");
        _token = (await _host.Login("kim_cs")).Access;
    }

    [Fact]
    public async Task An_account_is_made()
    {
        const string body = """{"email":"Lee@Example.com","username":"Lee_YH","password":"correct horse 9","display_name":" 이영희 "}""";
        var answer = (await _host.Send("POST", "/auth/register", body)).Expect(201);
        var user = answer.Body!.AsObject();
        user.Select(property => property.Key)
            .ShouldBe(
            [
                "id", "email", "email_verified", "username", "display_name", "status_message", "profile_image_url", "created_at",
                "updated_at",
            ]);
        ((string)user["email"]!).ShouldBe("Lee@Example.com");
        ((string)user["username"]!).ShouldBe("Lee_YH");
        ((string)user["display_name"]!).ShouldBe("이영희");
        user["status_message"].ShouldBeNull();
        ((string)user["created_at"]!).ShouldBe("2026-01-01T00:00:00.000000Z");
        answer.Header("Location").ShouldBe($"/users/{user["id"]}");
    }

    [Theory]
    [InlineData("KIM_CS@example.com", "other", "email_taken", "email")]
    [InlineData("other@example.com", "Kim_CS", "username_taken", "username")]
    public async Task A_taken_name_is_named(string email, string username, string code, string field)
    {
        var body = new JsonObject { ["email"] = email, ["username"] = username, ["password"] = UsersHost.Password };
        var answer = (await _host.Send("POST", "/auth/register", body.ToJsonString())).Expect(409, code);
        ((string)answer.Body!["field"]!).ShouldBe(field);
    }

    [Fact]
    public async Task Of_many_who_register_one_name_at_once_one_succeeds()
    {
        var body = UsersHost.Account("same");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _host.Send("POST", "/auth/register", body)));
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Count(answer => answer.Status == 409).ShouldBe(15);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_in_one_answer()
    {
        const string body = """{"email":"kim","username":"k","password":"short"}""";
        var answer = (await _host.Send("POST", "/auth/register", body)).Expect(422, "invalid");
        answer.Response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        answer.Body!["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["email", "username", "password"]);
    }

    [Fact]
    public async Task Others_do_not_see_an_address()
    {
        var other = await _host.Register("lee_yh");
        (await _host.Send("GET", $"/users/{other}", token: _token)).Expect(200).Body!.AsObject().ContainsKey("email").ShouldBeFalse();
        ((string)(await _host.Send("GET", $"/users/{_me}", token: _token)).Expect(200).Body!["email"]!).ShouldBe("kim_cs@example.com");
        var found = (await _host.Send("GET", "/users/search?q=lee_yh@example.com", token: _token)).Expect(200).Body!;
        ((int)found["total_count"]!).ShouldBe(1);
        found["users"]![0]!.AsObject().ContainsKey("email").ShouldBeFalse();
    }

    [Fact]
    public async Task Several_users_come_in_the_order_asked_for()
    {
        var other = await _host.Register("lee_yh");
        foreach (var answer in new[]
        {
            await _host.Send("GET", $"/users?user_ids={other},{_me},{other},999", token: _token),
            await _host.Send("GET", $"/users?user_ids={other}&user_ids={_me}", token: _token),
            await _host.Send("POST", "/users/batch", $$"""{"user_ids":[{{other}},{{_me}},-1]}""", _token),
        })
        {
            answer.Expect(200).Body!["users"]!.AsArray().Select(user => (long)user!["id"]!).ShouldBe([other, _me]);
        }
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(101, 422)]
    public async Task A_batch_holds_at_most_a_hundred_ids(int count, int status)
    {
        var ids = string.Join(',', Enumerable.Range(1, count));
        (await _host.Send("POST", "/users/batch", $$"""{"user_ids":[{{ids}}]}""", _token)).Expect(status);
        (await _host.Send("GET", $"/users?user_ids={ids}", token: _token)).Expect(status);
    }

    [Fact]
    public async Task Whether_a_user_exists_is_answered_without_an_error()
    {
        ((bool)(await _host.Send("GET", $"/users/{_me}/exists", token: _token)).Expect(200).Body!["exists"]!).ShouldBeTrue();
        ((bool)(await _host.Send("GET", "/users/999/exists", token: _token)).Expect(200).Body!["exists"]!).ShouldBeFalse();
    }

    [Fact]
    public async Task Search_pages_by_cursor_and_leaves_the_searcher_out()
    {
        for (var i = 0; i < 5; i++) await _host.Register($"kim_{i}");
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await _host.Send("GET", $"/users/search?query=KIM&limit=2&cursor={cursor}", token: _token)).Expect(200).Body!;
            ((int)page["total_count"]!).ShouldBe(5);
            names.AddRange(page["users"]!.AsArray().Select(user => (string)user!["username"]!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        names.ShouldBe(["kim_0", "kim_1", "kim_2", "kim_3", "kim_4"]);
    }

    [Theory]
    [InlineData("PATCH", "/profile/me")]
    [InlineData("PUT", "/profile/me")]
    [InlineData("PUT", "/profile")]
    public async Task A_changed_profile_keeps_what_was_not_given(string method, string path)
    {
        (await _host.Send(method, path, """{"status_message":"hi"}""", _token)).Expect(200);
        Profile(await _host.Send(method, path, """{"display_name":"철수"}""", _token)).ShouldBe(("철수", "hi"));
        Profile(await _host.Send(method, path, "{}", _token)).ShouldBe(("철수", "hi"));
        Profile(await _host.Send(method, path, """{"display_name":null,"status_message":null}""", _token)).ShouldBe(("철수", null));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static (string? Name, string? Status) Profile(Answer answer)
    {
        var profile = answer.Expect(200).Body!;
        return ((string?)profile["display_name"], (string?)profile["status_message"]);
    }
}
