using System.Text;

namespace BigTech.Tests.EndToEnd.BadInput;

/// <summary>Somebody who is signed in and shares a room with one message; nothing here changes what others see.</summary>
public sealed class SomebodyWithARoom(SharedServer server) : IAsyncLifetime
{
    public User Me { get; private set; } = null!;

    public long Room { get; private set; }

    public Message Message { get; private set; } = null!;

    /// <summary>A room, and a message in it, that belong to others.</summary>
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
/// Each bad request has its specified answer, and that is always a whole problem document. In paths and bodies, <c>{room}</c>,
/// <c>{message}</c>, <c>{foreignroom}</c> and <c>{foreignmessage}</c> stand for ids. Bodies are Latin-1, so that they may hold bytes
/// that are not UTF-8.
/// </summary>
public sealed class BadRequestStories(SomebodyWithARoom somebody) : IClassFixture<SomebodyWithARoom>
{
    public static TheoryData<string, string, string, int, string?> BrokenBodies() => new()
    {
        { "POST", "/messages/{room}", "{", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"x\"", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"x\"}}", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",}", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{'content':'x'}", 400, "malformed_json" },
        { "POST", "/messages/{room}", "content=x", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"\u00ff\"}", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"\u00ed\u00a0\u0080\"}", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"\u00c0\u00af\"}", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"a\nb\"}", 400, "malformed_json" },
        { "POST", "/messages/{room}", "{\"content\":\"a\0b\"}", 400, "malformed_json" },
        { "POST", "/auth/register", "{\"email\":", 400, "malformed_json" },
        { "POST", "/auth/login", "nonsense", 400, "malformed_json" },
        { "POST", "/auth/login/json", "{\"email\":\"\u00ff\",\"password\":\"x\"}", 400, "malformed_json" },
        { "POST", "/auth/refresh", "{", 400, "malformed_json" },
        { "POST", "/users/batch", "{", 400, "malformed_json" },
        { "POST", "/messages/read", "{", 400, "malformed_json" },
        { "POST", "/chat-rooms", "{", 400, "malformed_json" },
        { "PATCH", "/messages/{message}", "{", 400, "malformed_json" },
        { "PATCH", "/profile/me", "{", 400, "malformed_json" },
        { "POST", "/messages/{room}", "", 400, null },
        { "POST", "/auth/login", "", 400, null },
    };

    public static TheoryData<string, string, string, string> WrongFields() => new()
    {
        { "POST", "/messages/{room}", "{}", "content" },
        { "POST", "/messages/{room}", "{\"content\":null}", "content" },
        { "POST", "/messages/{room}", "{\"content\":5}", "content" },
        { "POST", "/messages/{room}", "{\"content\":{}}", "content" },
        { "POST", "/messages/{room}", "{\"content\":[\"x\"]}", "content" },
        { "POST", "/messages/{room}", "{\"content\":true}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u0000b\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u0007b\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u007fb\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"a\\u009fb\"}", "content" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"message_type\":\"nonsense\"}", "message_type" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"message_type\":\"system\"}", "message_type" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"message_type\":1}", "message_type" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"client_message_id\":\"\"}", "client_message_id" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"client_message_id\":7}", "client_message_id" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"client_message_id\":\"a\\u0000b\"}", "client_message_id" },
        { "POST", "/messages/{room}", "{\"content\":\"x\",\"reply_to\":5}", "reply_to" },
        { "POST", "/messages", "{\"content\":\"x\"}", "room_id" },
        { "POST", "/messages", "{\"content\":\"x\",\"room_id\":\"one\"}", "room_id" },
        { "POST", "/messages", "{\"content\":\"x\",\"room_id\":99999999999999999999}", "room_id" },
        { "POST", "/messages", "{\"content\":\"x\",\"room_id\":1.5}", "room_id" },
        { "PATCH", "/messages/{message}", "{}", "content" },
        { "PATCH", "/messages/{message}", "{\"content\":[]}", "content" },
        { "POST", "/messages/read", "{\"room_id\":\"x\",\"up_to_message_id\":\"y\"}", "room_id" },
        { "POST", "/messages/read", "{\"room_id\":{room},\"message_ids\":\"x\"}", "message_ids" },
        { "POST", "/messages/read", "{\"room_id\":{room},\"message_ids\":[1]}", "message_ids" },
        { "POST", "/auth/register", "{\"email\":1,\"username\":\"abc\",\"password\":\"horse-battery-7\"}", "email" },
        { "POST", "/auth/login", "{\"password\":\"x\"}", "email" },
        { "POST", "/auth/login", "{\"email\":\"a@example.org\"}", "password" },
        { "POST", "/auth/login", "{\"email\":\"a@example.org\",\"password\":1}", "password" },
        { "POST", "/auth/refresh", "{}", "refresh_token" },
        { "POST", "/auth/refresh", "{\"refresh_token\":1}", "refresh_token" },
        { "PUT", "/auth/password", "{\"old_password\":1,\"new_password\":\"horse-battery-7\"}", "old_password" },
        { "POST", "/users/batch", "{}", "user_ids" },
        { "POST", "/users/batch", "{\"user_ids\":[\"a\"]}", "user_ids" },
        { "POST", "/users/batch", "{\"user_ids\":7}", "user_ids" },
        { "POST", "/chat-rooms", "{\"name\":\"x\"}", "participant_ids" },
        { "POST", "/chat-rooms", "{\"name\":\"x\",\"participant_ids\":[\"a\"]}", "participant_ids" },
        { "POST", "/chat-rooms", "{\"name\":7,\"participant_ids\":[1]}", "name" },
        { "POST", "/chat-rooms", "{\"name\":\"a\\u0000b\",\"participant_ids\":[1]}", "name" },
        { "PATCH", "/profile/me", "{\"display_name\":7}", "display_name" },
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
        { "GET", "/chat-rooms/abc", 404, null },
        { "GET", "/chat-rooms/-1", 404, null },
        { "GET", "/chat-rooms/999999999", 404, null },
        { "GET", "/chat-rooms/{foreignroom}", 403, null },
        { "GET", "/chat-rooms/check/abc", 404, null },
        { "GET", "/messages/abc", 404, null },
        { "GET", "/messages/99999999999999999999", 404, null },
        { "GET", "/messages/{foreignroom}", 403, null },
        { "GET", "/messages/stream/abc", 404, null },
        { "GET", "/messages/stream/{foreignroom}", 403, null },
        { "GET", "/messages/room/abc/unread-count", 404, null },
        { "GET", "/messages/room/{foreignroom}/unread-count", 403, null },
        { "DELETE", "/messages/rubbish", 404, null },
        { "DELETE", "/messages/00000000-0000-7000-8000-000000000000", 404, null },
        { "DELETE", "/chat-rooms/999999999/members/1", 404, null },
        { "DELETE", "/chat-rooms/{foreignroom}/members/1", 403, null },
        { "DELETE", "/auth/sessions/rubbish", 404, null },
        { "DELETE", "/auth/login", 405, "method_not_allowed" },
        { "PUT", "/users/search", 405, "method_not_allowed" },
        { "GET", "/messages", 422, "invalid" },
        { "GET", "/messages?room_id=abc", 422, "invalid" },
        { "GET", "/users", 422, "invalid" },
        { "GET", "/users?user_ids=a,b", 422, "invalid" },
        { "GET", "/users?user_ids=99999999999999999999", 422, "invalid" },
        { "GET", "/users/search", 422, "invalid" },
        { "GET", "/users/search?q=", 422, "invalid" },
        { "GET", "/users/search?q=a%00b", 422, "invalid" },
        { "GET", "/users/search?q=a&limit=0", 422, "invalid" },
        { "GET", "/users/search?q=a&limit=101", 422, "invalid" },
        { "GET", "/users/search?q=a&limit=-5", 422, "invalid" },
        { "GET", "/users/search?q=a&limit=99999999999999999999", 422, "invalid" },
        { "GET", "/chat-rooms?limit=0", 422, "invalid" },
        { "GET", "/chat-rooms?limit=101", 422, "invalid" },
        { "GET", "/chat-rooms?limit=x", 422, "invalid" },
        { "GET", "/chat-rooms?skip=-1", 422, "invalid" },
        { "GET", "/chat-rooms?before=rubbish", 422, "invalid" },
    };

    [Theory]
    [MemberData(nameof(BrokenBodies))]
    public async Task A_body_that_is_not_JSON_is_400(string method, string path, string body, int status, string? code)
    {
        (await Send(method, path, body)).ShouldBeProblem(status, code);
    }

    [Theory]
    [MemberData(nameof(WrongFields))]
    public async Task A_field_of_the_wrong_type_or_against_a_rule_is_422_and_named(string method, string path, string body, string field)
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
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task JSON_that_is_no_object_is_refused(string body)
    {
        var answer = await Send("POST", "/messages/{room}", body);

        answer.ShouldBeProblem(answer.ShouldBe(400, 422).Status);
    }

    [Fact]
    public async Task JSON_that_is_nested_without_end_is_refused()
    {
        var body = $"{{\"content\":{new string('[', 5000)}{new string(']', 5000)}}}";

        var answer = await Send("POST", "/messages/{room}", body);

        answer.ShouldBeProblem(answer.ShouldBe(400, 422).Status);
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
        message.UserId.ShouldBe(somebody.Me.Id);
        message.Seq.ShouldNotBe(77);
    }

    [Theory]
    [InlineData("/messages/{room}", true)]
    [InlineData("/messages/{room}", false)]
    [InlineData("/auth/login", true)]
    [InlineData("/auth/register", false)]
    [InlineData("/users/batch", true)]
    public async Task A_body_over_1_MiB_is_413(string path, bool announced)
    {
        var body = $"{{\"content\":\"{new string('x', 1024 * 1024)}\"}}";

        var answer = await Send("POST", path, body, announced: announced);

        answer.ShouldBeProblem(413);
    }

    [Theory]
    [InlineData("/messages/{room}", "text/plain")]
    [InlineData("/messages/{room}", "application/x-www-form-urlencoded")]
    [InlineData("/messages/{room}", "application/xml")]
    [InlineData("/messages/{room}", null)]
    [InlineData("/auth/register", "text/plain")]
    [InlineData("/auth/login", "text/plain")]
    [InlineData("/users/batch", null)]
    public async Task A_content_type_that_is_not_JSON_is_415(string path, string? contentType)
    {
        (await Send("POST", path, "{\"content\":\"x\"}", contentType)).ShouldBeProblem(415);
    }

    [Theory]
    [InlineData("/users/%00")]
    [InlineData("/users/search?q=%ff%fe")]
    [InlineData("/users/%ff")]
    [InlineData("/messages/%E0%80%AF")]
    public async Task Bytes_that_are_no_text_in_a_path_or_query_are_the_callers_fault(string path)
    {
        (await Send("GET", path, body: null)).ShouldBe(200, 400, 404, 422);
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

    [Fact]
    public async Task Nothing_of_a_foreign_message_can_be_learnt_or_changed()
    {
        foreach (var (method, body) in new[] { ("DELETE", null), ("PATCH", "{\"content\":\"x\"}"), ("PUT", "{\"content\":\"x\"}") })
        {
            var answer = await Send(method, "/messages/{foreignmessage}", body);
            answer.ShouldBeProblem(answer.ShouldBe(403, 404).Status);
        }
        (await Send("POST", "/messages/{foreignroom}", "{\"content\":\"x\"}")).ShouldBeProblem(403);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("around")]
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

    private async Task<Answer> Send(
        string method, string path, string? body, string? contentType = "application/json", bool announced = true)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), somebody.Me.Api.Url(FillIn(path)));
        request.Headers.Authorization = new("Bearer", somebody.Me.Tokens.AccessToken);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(FillIn(body)));
            if (contentType is not null)
                request.Content.Headers.ContentType = new(contentType);
            // The server may refuse an announced body unread; a client that waits for its leave always hears why.
            request.Headers.ExpectContinue = announced && body.Length > 100_000;
            request.Headers.TransferEncodingChunked = !announced;
        }
        return await somebody.Me.Api.Send(request);
    }

    private string FillIn(string text) => text
        .Replace("{room}", $"{somebody.Room}", StringComparison.Ordinal)
        .Replace("{message}", somebody.Message.Id, StringComparison.Ordinal)
        .Replace("{foreignroom}", $"{somebody.Foreign.RoomId}", StringComparison.Ordinal)
        .Replace("{foreignmessage}", somebody.Foreign.Id, StringComparison.Ordinal);
}
