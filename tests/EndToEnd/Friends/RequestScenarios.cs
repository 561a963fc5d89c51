namespace BigTech.Tests.EndToEnd.Friends;

[Scenarios]
public sealed class RequestScenarios(SharedServer server)
{
    [Fact]
    public async Task A_request_and_a_yes_make_two_friends()
    {
        var (ann, bob) = await Two();

        var asked = await ann.Ask(bob, "  동창이에요  ");
        (asked.Status, asked.RequesterId, asked.AddresseeId, asked.Message).ShouldBe(("pending", ann.Id, bob.Id, "동창이에요"));
        asked.User.Username.ShouldBe(bob.Account.Username);
        (await ann.Requests()).Sent.Single().ShouldBe(asked);
        (await ann.Requests()).Received.ShouldBeEmpty();
        var received = (await bob.Requests()).Received.Single();
        received.ShouldBe(asked with { User = received.User });
        received.User.UserId.ShouldBe(ann.Id);
        (await bob.Api.Get("/friends/requests/pending")).As<PendingRequests>().Requests.ShouldBe([received]);
        (await ann.Api.Get("/friends/requests/pending")).As<PendingRequests>().TotalCount.ShouldBe(0);
        (await ann.Friends()).Friends.ShouldBeEmpty();

        var accepted = await bob.Accept(asked);

        (accepted.Id, accepted.Status).ShouldBe((asked.Id, "accepted"));
        (await ann.Friends()).Ids.ShouldBe([bob.Id]);
        var friend = (await bob.Friends()).Friends.Single();
        (friend.UserId, friend.Username, friend.FriendshipId).ShouldBe((ann.Id, ann.Account.Username, asked.Id));
        friend.FriendsSince.ShouldBe(accepted.UpdatedAt);
        (await ann.Requests()).TotalCount.ShouldBe(0);
        (await bob.Requests()).TotalCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("target_user_id")]
    [InlineData("user_id_2")]
    [InlineData("to_user_id")]
    public async Task The_target_has_three_names(string field)
    {
        var (ann, bob) = await Two();

        var answer = await ann.Api.Post("/friends/request", new Dictionary<string, object> { [field] = bob.Id });

        answer.As<Friendship>(201).AddresseeId.ShouldBe(bob.Id);
    }

    [Theory]
    [InlineData("request_id", "accept", "accepted")]
    [InlineData("request_id", "reject", "rejected")]
    [InlineData("requester_id", "accept", "accepted")]
    [InlineData("requester_id", "reject", "rejected")]
    [InlineData("path", "accept", "accepted")]
    [InlineData("path", "reject", "rejected")]
    [InlineData("status", "accept", "accepted")]
    [InlineData("status", "reject", "rejected")]
    public async Task Every_spelling_of_an_answer_works(string spelling, string action, string status)
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob);

        var answer = spelling switch
        {
            "request_id" => await bob.Api.Post($"/friends/{action}", new { request_id = asked.Id }),
            "requester_id" => await bob.Api.Post($"/friends/{action}", new { requester_id = ann.Id }),
            "path" => await bob.Api.Post($"/friends/{asked.Id}/{action}"),
            _ => await bob.Api.Put($"/friends/status/{ann.Id}", new { action }),
        };

        answer.As<Friendship>().Status.ShouldBe(status);
        (await bob.Friends()).TotalCount.ShouldBe(status == "accepted" ? 1 : 0);
        (await bob.Requests()).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_to_oneself_or_to_an_unknown_user_is_refused()
    {
        var ann = await server.NewUser();

        (await ann.TryAsk(ann)).ShouldBeProblem(400, "self");
        foreach (var id in new[] { 0, -1, 999_999_999, long.MaxValue })
            (await ann.Api.Post("/friends/request", new { target_user_id = id })).ShouldBeProblem(404, "user_not_found");
        (await ann.Requests()).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_second_request_or_one_to_a_friend_is_refused()
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob);
        (await ann.TryAsk(bob)).ShouldBeProblem(409, "request_pending");

        await bob.Accept(asked);

        (await ann.TryAsk(bob)).ShouldBeProblem(409, "already_friends");
        (await bob.TryAsk(ann)).ShouldBeProblem(409, "already_friends");
    }

    [Fact]
    public async Task A_crossing_request_accepts_the_other()
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob);

        var crossed = await bob.Ask(ann);

        (crossed.Id, crossed.Status, crossed.RequesterId).ShouldBe((asked.Id, "accepted", ann.Id));
        (await ann.Friends()).Ids.ShouldBe([bob.Id]);
    }

    [Fact]
    public async Task Requests_that_cross_at_the_same_moment_make_one_friendship()
    {
        for (var round = 0; round < 10; round++)
        {
            var (ann, bob) = await Two();

            var answers = await Task.WhenAll(ann.TryAsk(bob), bob.TryAsk(ann), ann.TryAsk(bob), bob.TryAsk(ann));

            answers.Count(answer => answer.ShouldBe(201, 409).Status == 201).ShouldBe(2);
            var made = answers.Where(answer => answer.Status == 201).Select(answer => answer.As<Friendship>(201)).ToList();
            made.Select(friendship => friendship.Id).Distinct().Count().ShouldBe(1);
            made.Select(friendship => friendship.Status).ShouldBe(["pending", "accepted"], ignoreOrder: true);
            (await ann.Friends()).Ids.ShouldBe([bob.Id]);
            (await bob.Friends()).Ids.ShouldBe([ann.Id]);
            (await ann.Requests()).TotalCount.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Of_a_yes_and_a_withdrawal_at_once_one_wins()
    {
        var (ann, bob) = await Two();
        var asked = await ann.Ask(bob);

        var answers = await Task.WhenAll(bob.TryAccept(asked.Id), ann.Api.Delete($"/friends/request/{bob.Id}"));

        answers.Count(answer => answer.ShouldBe(200, 204, 409).Status == 409).ShouldBe(1);
        (await ann.Friends()).TotalCount.ShouldBe(answers[0].Status == 200 ? 1 : 0);
        (await bob.Friends()).TotalCount.ShouldBe(answers[0].Status == 200 ? 1 : 0);
    }

    [Fact]
    public async Task Only_the_addressee_answers_and_only_once()
    {
        var (ann, bob) = await Two();
        var stranger = await server.NewUser();
        var asked = await ann.Ask(bob);

        (await ann.TryAccept(asked.Id)).ShouldBeProblem(403, "not_the_addressee");
        (await ann.Api.Post("/friends/reject", new { request_id = asked.Id })).ShouldBeProblem(403, "not_the_addressee");
        (await stranger.TryAccept(asked.Id)).ShouldBeProblem(404, "request_not_found");
        (await stranger.Api.Post("/friends/accept", new { requester_id = ann.Id })).ShouldBeProblem(404, "request_not_found");
        (await bob.TryAccept(asked.Id + 1_000_000)).ShouldBeProblem(404, "request_not_found");
        (await bob.Requests()).Received.Single().Status.ShouldBe("pending");

        await bob.Accept(asked);

        (await bob.TryAccept(asked.Id)).ShouldBeProblem(409, "not_pending");
        (await bob.Api.Post($"/friends/{asked.Id}/reject")).ShouldBeProblem(409, "not_pending");
    }

    [Fact]
    public async Task Only_the_requester_takes_a_request_back()
    {
        var (ann, bob) = await Two();
        (await ann.Api.Delete($"/friends/request/{bob.Id}")).ShouldBeProblem(404, "request_not_found");
        var asked = await ann.Ask(bob);
        (await bob.Api.Delete($"/friends/request/{ann.Id}")).ShouldBeProblem(403, "not_the_requester");

        (await ann.Api.Delete($"/friends/request/{bob.Id}")).ShouldBe(204);

        (await bob.Requests()).TotalCount.ShouldBe(0);
        (await bob.TryAccept(asked.Id)).ShouldBeProblem(409, "not_pending");
        (await ann.Api.Delete($"/friends/request/{bob.Id}")).ShouldBeProblem(409, "not_pending");
    }

    [Fact]
    public async Task After_every_end_a_new_request_may_be_sent()
    {
        var (ann, bob) = await Two();
        var first = await ann.Ask(bob);
        (await bob.Api.Post($"/friends/{first.Id}/reject")).ShouldBe(200);
        (await bob.Ask(ann, "after a rejection")).RequesterId.ShouldBe(bob.Id);
        (await bob.Api.Delete($"/friends/request/{ann.Id}")).ShouldBe(204);
        await bob.Accept(await ann.Ask(bob, "after a withdrawal"));
        (await ann.Unfriend(bob)).ShouldBe(204);
        (await bob.Friends()).TotalCount.ShouldBe(0);
        (await bob.Unfriend(ann)).ShouldBeProblem(404, "not_friends");
        await bob.Accept(await ann.Ask(bob, "after the end"));
        await bob.Block(ann);
        await bob.Unblock(ann);
        (await bob.Friends()).TotalCount.ShouldBe(0, "a friendship does not come back");

        var last = await ann.Ask(bob, "after a block");

        (last.Id, last.Message).ShouldBe((first.Id, "after a block"));
        await bob.Accept(last);
        (await ann.Friends()).Ids.ShouldBe([bob.Id]);
    }

    [Fact]
    public async Task Malformed_input_is_refused_by_field()
    {
        var (ann, bob) = await Two();

        (await ann.Api.Post("/friends/request", new { message = "to whom?" })).ShouldBlame("target_user_id");
        (await ann.Api.Post("/friends/request", new { target_user_id = bob.Id, to_user_id = ann.Id })).ShouldBlame("target_user_id");
        (await ann.Api.Post("/friends/request", new { target_user_id = "bob" })).ShouldBlame("target_user_id");
        (await ann.TryAsk(bob, new string('x', 501))).ShouldBlame("message");
        (await ann.TryAsk(bob, "nul\0")).ShouldBlame("message");
        (await ann.Api.Post("/friends/accept", new { })).ShouldBlame("request_id");
        (await ann.Api.Post("/friends/reject", new { request_id = (long?)null })).ShouldBlame("request_id");
        (await ann.Api.Put($"/friends/status/{bob.Id}", new { action = "marry" })).ShouldBlame("action");
        (await ann.Api.Put($"/friends/status/{ann.Id}", new { action = "accept" })).ShouldBeProblem(400, "self");
        (await ann.Api.Post("/friends/block", new { })).ShouldBlame("user_id");
        (await ann.Api.Post("/friends/request", new StringContent("{", null, "application/json"))).ShouldBeProblem(400, "malformed_json");
        (await ann.Api.Post("/friends/one/accept")).ShouldBeProblem(404);
        (await ann.Api.Delete("/friends/999999999")).ShouldBeProblem(404, "not_friends");
        (await ann.Api.Delete($"/friends/{ann.Id}")).ShouldBeProblem(400, "self");
        (await server.Anonymous.Get("/friends")).ShouldBeProblem(401);
        (await ann.TryAsk(bob, string.Concat(Enumerable.Repeat("👋", 500)))).ShouldBe(201);
    }

    private async Task<(User Ann, User Bob)> Two()
    {
        var users = await server.NewUsers(2);
        return (users[0], users[1]);
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("reject")]
    public async Task A_request_is_named_by_its_id_or_by_its_sender_but_not_by_both(string action)
    {
        var (ann, bob, cid) = (await server.NewUser(), await server.NewUser(), await server.NewUser());
        var request = (await ann.TryAsk(bob)).As<Friendship>(201);
        (await cid.TryAsk(bob)).ShouldBe(201);

        var answer = await bob.Api.Post($"/friends/{action}", new { request_id = request.Id, requester_id = cid.Id });

        answer.ShouldBlame("requester_id");
        (await bob.Requests()).Received.Length.ShouldBe(2);
    }
}
