using System.Text;

namespace BigTech.Tests.EndToEnd.BadInput;

/// <summary>A signed-in user who shares a room with one message; no test here changes what other users see.</summary>
public sealed class UserWithRoom(SharedServer server) : IAsyncLifetime
{
    public User Me { get; private set; } = null!;

    public long Room { get; private set; }

    public Message Message { get; private set; } = null!;

    /// <summary>A message in a room of other users.</summary>
    public Message Foreign { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (Me, _, Room) = await server.TwoInARoom();
        Message = await Me.Send(Room, "here");
        var (other, _, foreign) = await server.TwoInARoom();
        Foreign = await other.Send(foreign, "there");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>
/// Each bad request has its specified answer; <c>Contract/BadInputScenarios</c> checks what all operations share. In paths and bodies,
/// <c>{room}</c>, <c>{message}</c> and <c>{foreignmessage}</c> are placeholders for ids.
/// </summary>
[Scenarios]
public sealed class BadRequestScenarios(UserWithRoom user) : IClassFixture<UserWithRoom>
{
    public static TheoryData<string, string, string, string> WrongFields() => new()
    {
        { "POST", "/messages/{room}", "{}", "content" },
        { "POST", "/messages/{room}", "{\"content\":null}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\" \\u200b\\u3164\\ufe0f\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u0000b\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u0007b\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u007fb\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u009fb\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"message_type\":\"nonsense\"}", "message_type" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"message_type\":\"system\"}", "message_type" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"client_message_id\":\"\"}", "client_message_id" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"client_message_id\":\"a\\u0000b\"}", "client_message_id" },
        { "POST", "/messages", "{\"content\":\"x\"}", "room_id" },
        { "PATCH", "/messages/{message}", "{}", "content" },
        { "PATCH", "/messages/{message}", "{\"content\":\"\\u2060\"}", "content" },
        {
            "POST", "/auth/register",
            "{\"email\":\"control@example.org\",\"username\":\"control\",\"password\":\"correct horse 9\",\"display_name\":\"\\u0001\"}",
            "display_name"
        },
        { "POST", "/messages/{message}/reactions", "{}", "emoji" },
        { "POST", "/messages/{message}/reactions", "{\"emoji\":\"nice\"}", "emoji" },
        { "POST", "/messages/{message}/reactions", "{\"emoji\":\"👍👍\"}", "emoji" },
        { "POST", "/messages/{message}/reactions", "{\"emoji\":\"\\u2800\"}", "emoji" },
        { "POST", "/messages/{message}/reactions", "{\"emoji\":\"1\"}", "emoji" },
        { "POST", "/messages/{message}/reactions", "{\"emoji\":\"🇰\"}", "emoji" },
        { "DELETE", "/messages/{message}/reactions", "{}", "emoji" },
        { "POST", "/auth/login", "{\"password\":\"x\"}", "email" },
        { "POST", "/auth/login", "{\"email\":\"a@example.org\"}", "password" },
        { "POST", "/auth/refresh", "{}", "refresh_token" },
        { "POST", "/users/batch", "{}", "user_ids" },
        { "POST", "/chat-rooms", "{\"name\":\"x\"}", "participant_ids" },
        { "POST", "/chat-rooms", "{\"name\":\"a\\u0000b\",\"participant_ids\":[1]}", "name" },
        { "POST", "/chat-rooms", "{\"name\":\"\\u0001\",\"participant_ids\":[1]}", "name" },
        { "PUT", "/chat-rooms/{room}", "{}", "name" },
        { "PUT", "/chat-rooms/{room}", "{\"name\":\" \\u200b\"}", "name" },
        { "PUT", "/chat-rooms/{room}", "{\"name\":\"a\\u0000b\"}", "name" },
        { "PUT", "/chat-rooms/{room}/members/1", "{}", "role" },
        { "POST", "/chat-rooms/{room}/invite-links", "{\"expires_in_hours\":0}", "expires_in_hours" },
        { "POST", "/chat-rooms/{room}/invite-links", "{\"expires_in_hours\":8761}", "expires_in_hours" },
        { "POST", "/chat-rooms/{room}/invite-links", "{\"expires_in_hours\":\"soon\"}", "expires_in_hours" },
        { "POST", "/chat-rooms/{room}/invite-links", "{\"max_uses\":0}", "max_uses" },
        { "POST", "/chat-rooms/{room}/invite-links", "{\"max_uses\":1001}", "max_uses" },
        { "PUT", "/chat-rooms/{room}/members/1", "{\"role\":\"Owner\"}", "role" },
        { "POST", "/friends/request", "{\"target_user_id\":1,\"message\":\"\\u0001\"}", "message" },
        { "PATCH", "/profile/me", "{\"status_message\":\"\\u0001\"}", "status_message" },
        { "PATCH", "/profile/me", "{\"display_name\":\"\\u0001\"}", "display_name" },
        { "POST", "/messages/read", "{\"room_id\":{room}}", "up_to_message_id" },
        { "POST", "/messages/read", "{\"room_id\":{room},\"up_to_mesage_id\":\"{message}\"}", "up_to_message_id" },
        { "POST", "/messages/read", "{\"room_id\":{room},\"message_ids\":null,\"all\":null}", "up_to_message_id" },
        { "POST", "/messages/read", "{\"room_id\":{room},\"message_ids\":[]}", "message_ids" },
        { "POST", "/messages/read", "{\"room_id\":{room},\"all\":false}", "all" },
        { "POST", "/messages/read", "{\"room_id\":{room},\"all\":true,\"up_to_message_id\":\"{message}\"}", "all" },
        { "POST", "/notifications/read", "{\"al\":true}", "ids" },
        { "POST", "/notifications/read", "{\"ids\":null}", "ids" },
        { "PUT", "/notifications/preferences", "{\"muted_rom\":[]}", "muted_rom" },
        { "PUT", "/notifications/preferences", "{\"muted_rooms\":[{\"room_id\":{room},\"untill\":null}]}", "muted_rooms" },
        { "POST", "/chat-rooms/{room}/invite-links", "{\"max_use\":1}", "max_use" },
        { "POST", "/friends/request", "{\"user_id_2\":\"x\"}", "user_id_2" },
        { "POST", "/friends/request", "{\"user_id_2\":1,\"to_user_id\":2}", "user_id_2" },
        { "POST", "/auth/login", "{\"username\":\"\",\"password\":\"x\"}", "username" },
        { "POST", "/auth/login", "{\"email\":\"a@example.org\",\"username\":\"b\",\"password\":\"x\"}", "username" },
        { "POST", "/auth/login/json", "{\"email\":\"a@example.org\",\"username\":\"b\",\"password\":\"x\"}", "email" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"room_id\":999999999}", "room_id" },
        { "PUT", "/auth/password", "{\"current_password\":\"\",\"new_password\":\"correct horse 9\"}", "current_password" },
        { "PUT", "/auth/password", "{\"old_password\":\"a\",\"current_password\":\"b\",\"new_password\":\"x\"}", "current_password" },
        { "PUT", "/auth/password", "{\"old_password\":\"a\",\"current_password\":\"b\",\"new_password\":\"x\"}", "old_password" },
        { "POST", "/friends/accept", "{\"request_id\":1,\"requester_id\":2}", "request_id" },
    };

    public static TheoryData<string, string> WrongQueries() => new()
    {
        { "/users/search", "q" },
        { "/users/search?query=", "query" },
        { "/users/search?q=", "q" },
        { "/friends/search?query=", "query" },
        { "/friends/search?q=a%01", "q" },
        { "/users/search?q=a&cursor=rubbish", "cursor" },
        { "/users/search?q=a&after=rubbish", "after" },
        { "/chat-rooms?cursor=rubbish", "cursor" },
        { "/chat-rooms?after=rubbish", "after" },
        { "/chat-rooms?before=rubbish", "before" },
        { "/auth/sessions?after=rubbish", "after" },
        { "/auth/sessions?cursor=rubbish", "cursor" },
        { "/friends?cursor=rubbish", "cursor" },
        { "/friends/requests?after=rubbish", "after" },
        { "/messages/{room}?after=1&around=1", "after,around" },
        { "/messages/{room}?before=1&cursor=2", "before,cursor" },
        { "/messages/{room}?cursor=zz", "cursor" },
        { "/notifications?cursor=zz", "cursor" },
        { "/notifications?before=MTox&cursor=MTox", "before,cursor" },
        { "/friends?after=MTox&cursor=MToy", "after,cursor" },
        { "/chat-rooms?before=MTox&after=MToy", "after,before" },
        { "/users/search?q=a&query=b", "q,query" },
        { "/friends/search?q=a&query=b", "q,query" },
        { "/messages?room_id=%2B{room}", "room_id" },
        { "/messages?room_id=%20{room}", "room_id" },
        { "/users?user_ids=%2B{me}", "user_ids" },
        { "/online-status?user_ids=%2B{me}", "user_ids" },
        { "/friends?limit=%2B5", "limit" },
        { "/chat-rooms?SKIP=%2B0", "skip" },
        { "/notifications?skip=0%20", "skip" },
    };

    public static TheoryData<string, string, string> Duplicates() => new()
    {
        { "POST", "/messages/{room}", "{\"content\":\"a\",\"content\":\"b\"}" },
        { "POST", "/messages/{room}", "{\"content\":\"a\",\"Content\":\"b\"}" },
        { "POST", "/messages/{room}", "{\"content\":\"a\",\"\\u0063ontent\":\"b\"}" },
        { "POST", "/messages/{room}", "{\"content\":\"a\",\"reply_to\":null,\"reply_to\":null}" },
        { "PATCH", "/messages/{message}", "{\"content\":\"a\",\"content\":\"a\"}" },
        { "POST", "/messages/{room}", "{\"content\":\"a\",\"new\":1,\"new\":2}" },
        { "POST", "/messages/{room}", "{\"content\":\"a\",\"new\":1,\"\\u006eew\":2}" },
        { "POST", "/messages/{room}", "{\"content\":\"a\",\"new\":[{\"x\":1,\"x\":2}]}" },
        { "POST", "/auth/login", "{\"new\":1,\"new\":2,\"email\":\"a@example.org\",\"password\":\"x\"}" },
        { "POST", "/auth/login", "{\"email\":\"a@example.org\",\"email\":\"b@example.org\",\"password\":\"x\"}" },
        { "POST", "/friends/request", "{\"target_user_id\":1,\"target_user_id\":1}" },
        { "PUT", "/notifications/preferences", "{\"kinds\":{\"message\":true,\"message\":false}}" },
        { "PUT", "/notifications/preferences", "{\"muted_rooms\":[{\"room_id\":1,\"room_id\":2}]}" },
    };

    public static TheoryData<string, string, int, string?> WrongPaths() => new()
    {
        { "GET", "/nothing/here", 404, "not_found" },
        { "GET", "/api/nothing/here", 404, "not_found" },
        { "GET", "/users/abc", 404, null },
        { "GET", "/users/-1", 404, null },
        { "GET", "/users/0", 404, null },
        { "GET", "/users/99999999999999999999", 404, null },
        { "GET", "/users/1%2F..%2F2", 404, null },
        { "GET", "/users/+{me}", 404, "not_found" },
        { "GET", "/users/%20{me}", 404, "not_found" },
        { "GET", "/users/{me}%20", 404, "not_found" },
        { "GET", "/users/{me}.0", 404, "not_found" },
        { "GET", "/users/{me},", 404, "not_found" },
        { "GET", "/users/%EF%BC%91", 404, "not_found" },
        { "GET", "/chat-rooms/+{room}", 404, "not_found" },
        { "GET", "/messages/%20{room}", 404, "not_found" },
        { "GET", "/online-status/+{me}", 404, "not_found" },
        { "DELETE", "/friends/+1", 404, "not_found" },
        { "DELETE", "/messages/%7B{message}%7D", 404, "not_found" },
        { "DELETE", "/messages/%20{message}", 404, "not_found" },
        { "GET", "/chat-rooms/abc", 404, null },
        { "GET", "/chat-rooms/-1", 404, null },
        { "POST", "/invite-links/%F0%9F%98%80/join", 404, "invite_link_not_found" },
        { "GET", "/chat-rooms/999999999", 404, null },
        { "GET", "/chat-rooms/check/abc", 404, null },
        { "GET", "/messages/abc", 404, null },
        { "GET", "/messages/99999999999999999999", 404, null },
        { "GET", "/messages/stream/abc", 404, null },
        { "GET", "/messages/room/abc/unread-count", 404, null },
        { "DELETE", "/messages/rubbish", 404, null },
        { "DELETE", "/messages/00000000-0000-7000-8000-000000000000", 404, null },
        { "DELETE", "/chat-rooms/999999999/members/1", 404, null },
        { "DELETE", "/auth/sessions/rubbish", 404, null },
        { "DELETE", "/auth/login", 405, "method_not_allowed" },
        { "PUT", "/users/search", 405, "method_not_allowed" },
        { "GET", "/messages", 422, "invalid" },
        { "GET", "/users", 422, "invalid" },
        { "GET", "/users?user_ids=a,b", 422, "invalid" },
        { "GET", "/users?user_ids=99999999999999999999", 422, "invalid" },
        { "GET", "/users/search", 422, "invalid" },
        { "GET", "/users/search?q=", 422, "invalid" },
        { "GET", "/users/search?q=a%00b", 422, "invalid" },
        { "GET", "/users/search?q=a&limit=101", 422, "invalid" },
        { "GET", "/chat-rooms?limit=101", 422, "invalid" },
        { "GET", "/chat-rooms?skip=-1", 422, "invalid" },
        { "GET", "/chat-rooms?before=rubbish", 422, "invalid" },
        { "GET", "/chat-rooms?after=rubbish", 422, "invalid" },
        { "GET", "/chat-rooms?cursor=rubbish", 422, "invalid" },
        { "GET", "/auth/sessions?after=rubbish", 422, "invalid" },
        { "GET", "/users/search?q=a&after=rubbish", 422, "invalid" },
    };

    [Theory]
    [MemberData(nameof(WrongFields))]
    public async Task A_field_against_a_rule_is_422_and_named(string method, string path, string body, string field)
    {
        (await Send(method, path, body)).ShouldBlame(field);
    }

    [Theory]
    [MemberData(nameof(WrongPaths))]
    public async Task A_path_or_query_that_leads_nowhere_has_its_own_answer(string method, string path, int status, string? code)
    {
        var answer = await Send(method, path, body: null);

        answer.ShouldBeProblem(status, code);
        answer.Text.ShouldNotContain("there\"");
    }

    [Theory]
    [MemberData(nameof(WrongQueries))]
    public async Task A_wrong_parameter_is_named_as_it_was_sent(string path, string fields)
    {
        var errors = (await Send("GET", path, body: null)).ShouldBeProblem(422, "invalid").Errors.ShouldNotBeNull();

        errors.Keys.Order().ShouldBe(fields.Split(','));
    }

    [Theory]
    [MemberData(nameof(Duplicates))]
    public async Task A_field_that_is_given_twice_is_400(string method, string path, string body)
    {
        (await Send(method, path, body)).ShouldBeProblem(400, "malformed_json").Detail.ShouldContain("twice");
    }

    [Theory]
    [InlineData("username=a%40example.org&username=b%40example.org&password=x", "username")]
    [InlineData("username=a%40example.org&password=x&password=y", "password")]
    [InlineData("username=a%40example.org&password=x&grant_type=password&grant_type=other", "grant_type")]
    public async Task A_form_field_that_is_given_twice_is_422(string form, string field)
    {
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");

        (await user.Me.Anonymous.Send(HttpMethod.Post, "/auth/login", content)).ShouldBlame(field);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task An_encoded_body_is_415_and_told_what_is_accepted(string type)
    {
        using var content = new ByteArrayContent([0x1f, 0x8b, 8, 0]);
        content.Headers.ContentType = new(type);
        content.Headers.ContentEncoding.Add("gzip");

        var answer = await user.Me.Anonymous.Send(HttpMethod.Post, "/auth/login", content);

        answer.ShouldBeProblem(415, "wrong_content_type");
        answer.Headers.GetValues("Accept-Encoding").ShouldBe(["identity"]);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00\\ud800")]
    public async Task Half_a_character_is_refused(string half)
    {
        var answer = await Send("POST", "/messages/{room}", $"{{\"content\":\"a{half}b\"}}");

        answer.ShouldBeProblem(answer.ShouldBe(400, 422).Status);
    }

    [Fact]
    public async Task Unknown_fields_are_ignored()
    {
        var answer = await Send("POST", "/messages/{room}", "{\"content\":\"x\",\"seq\":77,\"user_id\":1,\"new_in_2030\":{\"a\":[1]}}");

        var message = answer.As<Message>(201);
        message.UserId.ShouldBe(user.Me.Id);
        message.Seq.ShouldNotBe(77);
    }

    [Fact]
    public async Task A_client_message_id_has_a_greatest_length()
    {
        (await Send("POST", "/messages/{room}", $"{{\"content\":\"x\",\"client_message_id\":\"{new string('i', 5000)}\"}}"))
            .ShouldBlame("client_message_id");
    }

    [Theory]
    [InlineData("00000000-0000-7000-8000-000000000000")]
    [InlineData("rubbish")]
    [InlineData("{foreignmessage}")]
    public async Task A_reply_to_what_is_not_in_the_room_is_refused(string replyTo)
    {
        var answer = await Send("POST", "/messages/{room}", $"{{\"content\":\"x\",\"reply_to\":\"{replyTo}\"}}");

        answer.ShouldBeProblem(answer.ShouldBe(404, 422).Status);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("around")]
    [InlineData("cursor")]
    public async Task A_place_far_beyond_the_end_is_a_place_like_any_other(string place)
    {
        (await Send("GET", $"/messages/{{room}}?{place}={long.MaxValue - 1}", body: null)).ShouldBe(200);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("around")]
    public async Task A_message_of_another_room_is_no_place_in_this_one(string place)
    {
        var answer = await Send("GET", $"/messages/{{room}}?{place}={{foreignmessage}}", body: null);

        answer.ShouldBeProblem(answer.ShouldBe(404, 422).Status);
    }

    private async Task<Answer> Send(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), user.Me.Api.Url(FillIn(path)));
        request.Headers.Authorization = new("Bearer", user.Me.Tokens.AccessToken);
        if (body is not null)
            request.Content = new StringContent(FillIn(body), Encoding.UTF8, "application/json");
        return await user.Me.Api.Send(request);
    }

    private string FillIn(string text) => text
        .Replace("{me}", $"{user.Me.Id}", StringComparison.Ordinal)
        .Replace("{room}", $"{user.Room}", StringComparison.Ordinal)
        .Replace("{message}", user.Message.Id, StringComparison.Ordinal)
        .Replace("{foreignmessage}", user.Foreign.Id, StringComparison.Ordinal);
}
