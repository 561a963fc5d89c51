using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Operations;

/// <summary>The limits that keep one client from taking the service from others, in one process and on each of its ports.</summary>
public sealed class LimitScenarios
{
    private const int Anonymous = 12, SignedIn = 30;

    private static readonly (string, string)[] General =
        [("Gateway__AnonymousPerMinute", $"{Anonymous}"), ("Gateway__UserPerMinute", $"{SignedIn}")];

    [Fact]
    public async Task Every_port_counts_together_who_has_no_token()
    {
        await using var server = await ServerProcess.Start(General);
        var client = server.From("127.0.9.1");

        for (var i = 0; i < Anonymous; i++)
            (await client.On(ServerProcess.Roles[i % ServerProcess.Roles.Length]).Get("/.well-known/jwks.json")).ShouldBe(200);

        foreach (var role in ServerProcess.Roles)
        {
            (await client.On(role).Get("/.well-known/jwks.json")).ShouldBeProblem(429, "rate_limited");
            (await client.On(role).Get("/health/ready")).ShouldBe(200);
            (await server.From("127.0.9.2").On(role).Get("/.well-known/jwks.json")).ShouldBe(200);
        }
    }

    [Fact]
    public async Task Every_port_counts_together_what_a_user_does()
    {
        await using var server = await ServerProcess.Start(General);
        var (ann, bob) = (await server.NewUser(), await server.NewUser());

        for (var i = 0; i < SignedIn; i++)
            (await ann.Api.On(ServerProcess.Roles[i % ServerProcess.Roles.Length]).Get("/profile/me")).ShouldBe(200);

        foreach (var role in ServerProcess.Roles)
        {
            (await ann.Api.On(role).Get("/profile/me")).ShouldBeProblem(429, "rate_limited");
            (await bob.Api.On(role).Get("/profile/me")).ShouldBe(200);
        }
    }

    [Fact]
    public async Task A_stream_with_a_ticket_and_a_renewal_do_not_use_up_what_the_address_has_for_the_rest()
    {
        await using var server = await ServerProcess.Start(General);
        var user = await server.NewUser();
        var client = server.From("127.0.9.3");
        var tickets = new List<string>();
        for (var i = 0; i < 2; i++) tickets.Add((await user.Api.Post("/auth/stream-ticket")).As<StreamTicket>(201).Ticket);
        for (var i = 0; i < Anonymous; i++) (await client.Post("/auth/refresh", new { refresh_token = $"junk-{i}" })).ShouldBe(401, 429);

        for (var i = 0; i < Anonymous; i++) (await client.Get("/.well-known/jwks.json")).ShouldBe(200);

        (await client.Get("/.well-known/jwks.json")).ShouldBeProblem(429, "rate_limited");
        foreach (var ticket in tickets)
        {
            await using var stream = await SseClient.Open(client.Url($"/messages/stream?ticket={ticket}"), bearer: null);
            await stream.First();
        }
        (await client.Get("/messages/stream?ticket=no-ticket")).ShouldBeProblem(429, "rate_limited");
    }

    [Fact]
    public async Task Whatever_an_address_asks_without_a_token_its_neighbours_sign_in_and_out()
    {
        await using var server = await ServerProcess.Start(General);
        var user = await server.NewUser();
        var client = server.From("127.0.9.4");
        for (var i = 0; i < Anonymous; i++) (await client.Get("/nothing")).ShouldBe(404);
        (await client.Get("/nothing")).ShouldBeProblem(429, "rate_limited");

        foreach (var path in new[] { "/auth/login", "/auth/login/json", "/AUTH/Login/" })
            (await client.Post(path, new { email = user.Account.Email, password = user.Password })).ShouldBe(200);
        (await client.Post("/auth/register", new { })).ShouldBe(422);
        (await client.Post("/api/auth/refresh/", new { refresh_token = user.Tokens.RefreshToken })).ShouldBe(200);
        (await client.Post("/auth/logout", new { refresh_token = user.Tokens.RefreshToken })).ShouldBe(204);

        for (var i = 0; i < Anonymous - 4; i++) (await client.Post("/auth/login", new { })).ShouldBe(422);
        (await client.Post("/auth/register", new { })).ShouldBeProblem(429, "rate_limited");
    }

    [Fact]
    public async Task A_session_that_has_ended_is_told_so_whatever_its_network_has_tried()
    {
        await using var server = await ServerProcess.Start(("Users__RefreshesPerMinute", "2"), ("Users__RefreshGraceSeconds", "0"));
        var (user, other) = (await server.NewUser(), await server.NewUser());
        for (var i = 0; i < 2; i++) (await Renew($"junk-{i}")).ShouldBe(401);
        (await Renew("junk")).ShouldBeProblem(429, "rate_limited");
        (await Renew(other.Tokens.RefreshToken)).ShouldBe(200);
        (await Renew(other.Tokens.RefreshToken)).ShouldBeProblem(401, "refresh_token_reused");
        (await user.Api.Post("/auth/logout")).ShouldBe(204);

        for (var i = 0; i < 4; i++)
        {
            (await Renew(user.Tokens.RefreshToken)).ShouldBeProblem(401, "invalid_refresh_token");
            (await Renew(other.Tokens.RefreshToken)).ShouldBeProblem(401, "invalid_refresh_token");
        }

        (await Renew("junk")).ShouldBeProblem(429, "rate_limited");

        Task<Answer> Renew(string token) => server.Anonymous.Post("/auth/refresh", new { refresh_token = token });
    }

    [Fact]
    public async Task A_session_renews_so_often_a_minute_and_keeps_the_token_that_was_refused()
    {
        await using var server = await ServerProcess.Start(("Users__RefreshesPerMinute", "2"));
        var user = await server.NewUser();
        for (var i = 0; i < 2; i++) user = user.With((await Renew(user)).As<Tokens>());

        (await Renew(user)).ShouldBeProblem(429, "rate_limited");

        var other = await user.SignInAgain();
        other.With((await Renew(other)).As<Tokens>()).Tokens.RefreshToken.ShouldNotBe(other.Tokens.RefreshToken);
        (await user.Api.Get("/profile/me")).ShouldBe(200);
        for (var i = 0; i < 2; i++) (await server.Anonymous.Post("/auth/refresh", new { refresh_token = $"junk-{i}" })).ShouldBe(401);
        (await server.Anonymous.Post("/auth/refresh", new { refresh_token = "junk" })).ShouldBeProblem(429, "rate_limited");

        static Task<Answer> Renew(User user) => user.Anonymous.Post("/auth/refresh", new { refresh_token = user.Tokens.RefreshToken });
    }

    [Fact]
    public async Task A_user_sends_so_many_messages_a_minute_in_all_rooms_together()
    {
        await using var server = await ServerProcess.Start(("Chat__SendsPerMinute", "3"));
        var (ann, bob, room) = await server.TwoInARoom();
        var other = (await ann.CreateGroup("group", bob)).Id;
        foreach (var (to, left) in new[] { (room, 2), (other, 1), (room, 0) })
            (await ann.TrySend(to, "hello")).ShouldBe(201).Headers.GetValues("RateLimit-Remaining").ShouldBe([$"{left}"]);

        var refused = await ann.Api.Post("/messages", new { room_id = other, content = "once more" });

        refused.ShouldBeProblem(429, "rate_limited");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        refused.Headers.GetValues("RateLimit-Limit").ShouldBe(["3"]);
        (await bob.TrySend(room, "hello")).ShouldBe(201);
        (await ann.History(other)).Messages.Count(message => message.Content == "once more").ShouldBe(0);
    }

    [Fact]
    public async Task What_all_members_see_counts_like_a_message_and_leaving_does_not()
    {
        await using var server = await ServerProcess.Start(("Chat__SendsPerMinute", "1"));
        await Twice((ann, room, _, _) => ann.Api.Put($"/chat-rooms/{room}", new { name = $"{Guid.NewGuid()}" }));
        await Twice((ann, room, bob, _) => ann.Api.Put($"/chat-rooms/{room}/members/{bob.Id}", new { role = "admin" }));
        await Twice((ann, room, _, _) => ann.Api.Post($"/chat-rooms/{room}/members", new { user_ids = new[] { ann.Id } }));
        await Twice((ann, _, _, sent) => ann.Pin(sent));
        await Twice((ann, _, _, sent) => ann.Unpin(sent));
        await Twice((ann, _, _, sent) => ann.React(sent, "👍"));
        await Twice((ann, _, _, sent) => ann.TakeBack(sent, "👍"));
        var (cid, removed) = await Twice(
            (ann, room, bob, _) => ann.Api.Delete($"/chat-rooms/{room}/members/{bob.Id}"), isRepeatable: false);

        var (dee, eve, direct) = await server.TwoInARoom();
        (await dee.Api.Patch($"/messages/{(await dee.Send(direct, "one")).Id}", new { content = "two" }))
            .ShouldBeProblem(429, "rate_limited");
        (await cid.Api.Delete($"/chat-rooms/{removed}/members/{cid.Id}")).ShouldBe(204);
        (await eve.TrySend(direct, "hello")).ShouldBe(201);

        async Task<(User Ann, long Room)> Twice(Func<User, long, User, Message, Task<Answer>> change, bool isRepeatable = true)
        {
            var users = await server.NewUsers(3);
            var room = (await users[0].CreateGroup("group", users[1], users[2])).Id;
            var sent = await users[1].Send(room, "hello");
            (await change(users[0], room, users[1], sent)).Status.ShouldBeInRange(200, 204);
            (await change(users[0], room, isRepeatable ? users[1] : users[2], sent)).ShouldBeProblem(429, "rate_limited");
            return (users[0], room);
        }
    }

    [Fact]
    public async Task A_user_makes_so_many_rooms_an_hour_and_opens_known_ones_as_often_as_wanted()
    {
        await using var server = await ServerProcess.Start(("Chat__RoomsPerHour", "2"));
        var users = await server.NewUsers(4);
        var ann = users[0];
        var room = await ann.RoomWith(users[1]);
        await ann.CreateGroup("group", users[1]);

        var another = await ann.Api.Post("/chat-rooms", new { name = "more", participant_ids = new[] { users[2].Id } });
        another.ShouldBeProblem(429, "rate_limited");
        (await ann.Api.Get($"/chat-rooms/check/{users[3].Id}")).ShouldBeProblem(429, "rate_limited");

        for (var i = 0; i < 5; i++) (await ann.RoomWith(users[1])).Id.ShouldBe(room.Id);
        (await users[3].RoomWith(ann)).Id.ShouldBeGreaterThan(room.Id);
    }

    [Fact]
    public async Task A_user_adds_so_many_members_an_hour_all_of_a_request_or_none()
    {
        await using var server = await ServerProcess.Start(("Chat__MembersAddedPerHour", "4"));
        var users = await server.NewUsers(7);
        var ann = users[0];
        var room = (await ann.CreateGroup("group", users[1], users[2])).Id;

        (await Add(users[3], users[4], users[5])).ShouldBeProblem(429, "rate_limited");
        (await ann.GetRoom(room)).Members.Length.ShouldBe(3);
        (await Add(users[1], users[2], users[3], users[4])).ShouldBe(200);

        (await Add(users[5])).ShouldBeProblem(429, "rate_limited");
        (await users[1].Api.Post($"/chat-rooms/{room}/members", new { user_ids = new[] { users[6].Id } })).ShouldBe(200);

        Task<Answer> Add(params User[] more) =>
            ann.Api.Post($"/chat-rooms/{room}/members", new { user_ids = more.Select(user => user.Id) });
    }

    [Fact]
    public async Task What_is_refused_is_not_counted()
    {
        await using var server = await ServerProcess.Start(
            ("Chat__RoomsPerHour", "2"), ("Chat__MembersAddedPerHour", "4"), ("Chat__SendsPerMinute", "2"), ("Chat__JoinsPerMinute", "1"),
            ("Friends__RequestsPerHour", "1"));
        var users = await server.NewUsers(6);
        var (ann, blocked) = (users[0], users[1]);
        var direct = (await blocked.RoomWith(ann)).Id;
        await ann.Block(blocked);
        await Eventually.Holds(async () => (await ann.Api.Post($"/chat-rooms/{direct}/typing")).Status == 403, "the room closes");
        for (var i = 0; i < 3; i++)
        {
            var refused = await Create(blocked, users[2], users[3]);
            refused.ShouldBeProblem(403, "blocked");
            refused.Headers.GetValues("RateLimit-Remaining").ShouldBe(["2"]);
            (await ann.TrySend(direct, "hello")).ShouldBeProblem(403, "blocked");
            (await ann.TryAsk(blocked)).ShouldBeProblem(403, "blocked");
        }

        var room = (await Create(users[2], users[3])).As<Room>(201);
        for (var i = 0; i < 3; i++)
        {
            (await Create(users[2], users[3], users[4])).ShouldBeProblem(429, "rate_limited");
            (await Add(room, blocked, users[4])).ShouldBeProblem(403, "blocked");
        }
        // The members see both as changes of the room.
        (await Add(room, users[4], users[5])).ShouldBe(200);
        (await ann.TrySend(room.Id, "hello")).ShouldBe(201);
        (await ann.TrySend(room.Id, "again")).ShouldBeProblem(429, "rate_limited");
        (await ann.TryAsk(users[2])).ShouldBe(201);
        (await ann.Api.Get($"/chat-rooms/check/{users[2].Id}")).ShouldBe(200);

        (await ann.Api.Get($"/chat-rooms/check/{users[3].Id}")).ShouldBeProblem(429, "rate_limited");
        (await ann.Api.Post("/invite-links/no-code/join")).ShouldBe(404);
        (await ann.Api.Post("/invite-links/no-code/join")).ShouldBeProblem(429, "rate_limited");

        Task<Answer> Create(params User[] others) =>
            ann.Api.Post("/chat-rooms", new { name = "group", participant_ids = others.Select(user => user.Id) });

        Task<Answer> Add(Room to, params User[] more) =>
            ann.Api.Post($"/chat-rooms/{to.Id}/members", new { user_ids = more.Select(user => user.Id) });
    }

    [Fact]
    public async Task More_members_in_one_request_than_an_hour_allows_are_a_wrong_field()
    {
        await using var server = await ServerProcess.Start(("Chat__MembersAddedPerHour", "2"));
        var users = await server.NewUsers(6);
        var ann = users[0];
        var group = await ann.CreateGroup("group", users[1]);
        var tooMany = users[2..].Select(user => user.Id).ToArray();

        var created = await ann.Api.Post("/chat-rooms", new { name = "group", participant_ids = tooMany });
        var added = await ann.Api.Post($"/chat-rooms/{group.Id}/members", new { user_ids = tooMany });

        created.ShouldBlame("participant_ids");
        created.Text.ShouldContain("at most 2 members an hour");
        added.ShouldBlame("user_ids");
        (await ann.Api.Post($"/chat-rooms/{group.Id}/members", new { user_ids = tooMany[..1] })).ShouldBe(200);
    }

    [Fact]
    public async Task A_user_sends_so_many_friend_requests_an_hour_whatever_becomes_of_them()
    {
        await using var server = await ServerProcess.Start(("Friends__RequestsPerHour", "2"));
        var users = await server.NewUsers(4);
        (await Request(users[1])).ShouldBe(201);
        (await users[0].Api.Delete($"/friends/request/{users[1].Id}")).ShouldBe(204);
        (await Request(users[2])).ShouldBe(201);

        (await Request(users[3])).ShouldBeProblem(429, "rate_limited");

        (await users[3].Api.Post("/friends/request", new { target_user_id = users[0].Id })).ShouldBe(201);

        Task<Answer> Request(User target) => users[0].Api.Post("/friends/request", new { target_user_id = target.Id });
    }

    [Fact]
    public async Task A_user_searches_for_people_and_among_friends_so_often_a_minute()
    {
        await using var server = await ServerProcess.Start(("Users__SearchesPerMinute", "2"), ("Friends__SearchesPerMinute", "2"));
        var (ann, bob) = (await server.NewUser(), await server.NewUser());
        foreach (var path in new[] { "/users/search", "/friends/search" })
        {
            for (var i = 0; i < 2; i++) (await ann.Api.Get($"{path}?q=a")).ShouldBe(200);

            (await ann.Api.Get($"{path}?q=a")).ShouldBeProblem(429, "rate_limited");

            (await bob.Api.Get($"{path}?q=a")).ShouldBe(200);
        }
    }
}
