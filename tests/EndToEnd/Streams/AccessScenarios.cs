namespace BigTech.Tests.EndToEnd.Streams;

[Scenarios]
public sealed class AccessScenarios(SharedServer server)
{
    [Fact]
    public async Task A_removed_member_loses_the_room_stream_at_once()
    {
        var users = await server.NewUsers(3);
        var (ann, bob, cid) = (users[0], users[1], users[2]);
        var room = (await ann.CreateGroup("group", bob, cid)).Id;
        await using var removed = await bob.Stream(room);
        await using var staying = await cid.Stream(room);
        await removed.First();

        (await ann.Api.Delete($"/chat-rooms/{room}/members/{bob.Id}")).ShouldBe(204);
        await removed.WaitForEnd();
        await ann.Send(room, "without bob");

        await staying.WaitFor(e => e.IsMessage && e.Message.Content == "without bob", "the message");
        removed.Events.ShouldAllBe(e => !e.Data.Contains("without bob"));
        (await bob.Api.Get($"/messages/stream/{room}")).ShouldBeProblem(403);
        staying.EndedProperly.ShouldBeNull();
    }

    [Fact]
    public async Task A_removed_member_sees_nothing_more_of_the_room_on_the_stream_of_all_rooms()
    {
        var users = await server.NewUsers(2);
        var (ann, bob) = (users[0], users[1]);
        var group = (await ann.CreateGroup("group", bob)).Id;
        var direct = (await ann.RoomWith(bob)).Id;
        var stream = await bob.StreamOfAllRooms();
        await ann.Send(group, "with bob");
        await stream.WaitForCreated(1);

        (await ann.Api.Delete($"/chat-rooms/{group}/members/{bob.Id}")).ShouldBe(204);
        await ann.Send(group, "without bob");
        await ann.Send(direct, "to bob");

        await stream.WaitFor(e => e.IsMessage && e.Message.Content == "to bob", "the message of the other room");
        stream.Events.ShouldAllBe(e => !e.Data.Contains("without bob"));
        await stream.Cut();
        await ann.Send(group, "still without bob");
        await ann.Send(direct, "to bob again");
        await using var resumed = await bob.StreamOfAllRooms(stream.LastEventId);
        await resumed.WaitFor(e => e.IsMessage && e.Message.Content == "to bob again", "the next message of the other room");
        resumed.Events.ShouldAllBe(e => !e.Data.Contains("without bob"));
    }

    [Fact]
    public async Task Sign_out_ends_the_streams_of_this_session_at_once()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var other = await bob.SignInAgain();
        await using var one = await bob.Stream(room);
        await using var all = await bob.StreamOfAllRooms();
        await using var staying = await other.Stream(room);
        await one.First();
        await all.First();

        (await bob.Api.Post("/auth/logout")).ShouldBe(204);
        await one.WaitForEnd();
        await all.WaitForEnd();
        await ann.Send(room, "after");

        await staying.WaitForCreated(1);
        one.Events.Concat(all.Events).ShouldAllBe(e => !e.IsMessage);
        (await bob.Api.Get($"/messages/stream/{room}")).ShouldBeProblem(401);
    }

    [Fact]
    public async Task Logout_all_ends_the_streams_of_every_session_at_once()
    {
        var (_, bob, room) = await server.TwoInARoom();
        var other = await bob.SignInAgain();
        await using var one = await bob.Stream(room);
        await using var two = await other.StreamOfAllRooms();
        await one.First();
        await two.First();

        (await bob.Api.Post("/auth/logout-all")).ShouldBe(204);

        await one.WaitForEnd();
        await two.WaitForEnd();
    }

    [Fact]
    public async Task A_reused_refresh_token_ends_the_streams_of_its_family()
    {
        var (_, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);
        await stream.First();

        var renewed = (await bob.Anonymous.Post("/auth/refresh", new { refresh_token = bob.Tokens.RefreshToken })).As<Tokens>();
        (await bob.Anonymous.Post("/auth/refresh", new { refresh_token = renewed.RefreshToken })).ShouldBe(200);
        stream.EndedProperly.ShouldBeNull("renewing tokens keeps the stream");
        (await bob.Anonymous.Post("/auth/refresh", new { refresh_token = bob.Tokens.RefreshToken })).ShouldBe(401);

        await stream.WaitForEnd();
    }

    [Fact]
    public async Task A_ticket_opens_one_stream_and_nothing_else()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var ticket = await NewTicket(bob);
        ticket.ExpiresIn.ShouldBe(30);
        var path = $"/messages/stream/{room}?ticket={Uri.EscapeDataString(ticket.Ticket)}";

        await using var stream = await SseClient.Open(bob.Anonymous.Url(path), bearer: null);
        await ann.Send(room, "live");

        await stream.WaitForCreated(1);
        (await bob.Anonymous.Get(path)).ShouldBeProblem(401);
    }

    [Fact]
    public async Task A_ticket_opens_the_stream_of_all_rooms_and_ends_with_its_session()
    {
        var (_, bob, _) = await server.TwoInARoom();
        var ticket = await NewTicket(bob);

        var url = bob.Anonymous.Url($"/messages/stream?ticket={Uri.EscapeDataString(ticket.Ticket)}");
        await using var stream = await SseClient.Open(url, bearer: null);
        await stream.First();
        (await bob.Api.Post("/auth/logout")).ShouldBe(204);

        await stream.WaitForEnd();
    }

    [Fact]
    public async Task A_ticket_is_no_credential_elsewhere_and_opens_no_foreign_room()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var foreign = (await ann.RoomWith(await server.NewUser())).Id;

        (await bob.Anonymous.With((await NewTicket(bob)).Ticket).Get("/profile/me")).ShouldBeProblem(401);
        (await bob.Anonymous.Get($"/profile/me?ticket={(await NewTicket(bob)).Ticket}")).ShouldBeProblem(401);
        (await bob.Anonymous.Get($"/messages/{room}?ticket={(await NewTicket(bob)).Ticket}")).ShouldBeProblem(401);
        (await bob.Anonymous.Get($"/messages/stream/{foreign}?ticket={(await NewTicket(bob)).Ticket}")).ShouldBeProblem(403);
        (await bob.Anonymous.Get($"/messages/stream/{room}?ticket=rubbish")).ShouldBeProblem(401);
        (await bob.Anonymous.Get($"/messages/stream/{room}?ticket={bob.Tokens.AccessToken}")).ShouldBeProblem(401);
        (await server.Anonymous.Post("/auth/stream-ticket")).ShouldBeProblem(401);
    }

    [Fact]
    public async Task A_stream_that_is_refused_does_not_spend_its_ticket()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var foreign = (await ann.RoomWith(await server.NewUser())).Id;
        var ticket = (await NewTicket(bob)).Ticket;

        (await bob.Anonymous.Get($"/messages/stream/{foreign}?ticket={ticket}")).ShouldBeProblem(403, "not_a_member");
        (await bob.Anonymous.Get($"/messages/stream/9000000000000?ticket={ticket}")).ShouldBeProblem(404, "room_not_found");

        var url = bob.Anonymous.Url($"/messages/stream/{room}?ticket={ticket}");
        await using var stream = await SseClient.Open(url, bearer: null);
        await stream.First();
        (await bob.Anonymous.Get($"/messages/stream/{room}?ticket={ticket}")).ShouldBeProblem(401, "invalid_ticket");
    }

    [Fact]
    public async Task Of_streams_that_are_opened_at_once_with_one_ticket_one_is_accepted()
    {
        var (_, bob, room) = await server.TwoInARoom();
        var url = bob.Anonymous.Url($"/messages/stream/{room}?ticket={(await NewTicket(bob)).Ticket}");
        using var http = new HttpClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)));

        answers.Select(answer => (int)answer.StatusCode).Order().ShouldBe([200, .. Enumerable.Repeat(401, 9)]);
    }

    [Fact]
    public async Task A_ticket_of_a_session_that_has_ended_is_refused()
    {
        var (_, bob, room) = await server.TwoInARoom();
        var ticket = await NewTicket(bob);

        (await bob.Api.Post("/auth/logout")).ShouldBe(204);

        (await bob.Anonymous.Get($"/messages/stream/{room}?ticket={ticket.Ticket}")).ShouldBeProblem(401);
    }

    private static async Task<StreamTicket> NewTicket(User user) => (await user.Api.Post("/auth/stream-ticket")).As<StreamTicket>(201);
}
