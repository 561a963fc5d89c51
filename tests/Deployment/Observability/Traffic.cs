using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>A few users who do once what panels and alerts show, and whose streams stay open meanwhile.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly List<SseClient> _streams = [];
    private readonly User _ann;
    private readonly User _bob;
    private readonly User _cleo;
    private readonly long _room;

    private Traffic(User ann, User bob, User cleo, long room) => (_ann, _bob, _cleo, _room) = (ann, bob, cleo, room);

    public static async Task<Traffic> Start(ServerProcess entry)
    {
        var (ann, bob, cleo) = (await SignUp(entry.Anonymous), await SignUp(entry.Anonymous), await SignUp(entry.Anonymous));
        var traffic = new Traffic(ann, bob, cleo, (await ann.RoomWith(bob)).Id);
        await traffic.OpenStreams();
        return traffic;
    }

    /// <summary>Also what happens before the first scrape becomes a rate only when it happens again.</summary>
    public async Task Repeat()
    {
        var anonymous = _ann.Anonymous;
        await Becomes(200, () => anonymous.Post("/auth/login", new { email = _ann.Account.Email, password = _ann.Password }));
        await Becomes(401, () => anonymous.Post("/auth/login", new { email = _ann.Account.Email, password = "not the password" }));
        var taken = new { email = _ann.Account.Email, username = User.NewName(), password = "horse-battery-staple-7" };
        await Becomes(409, () => anonymous.Post("/auth/register", taken));
        var dan = await SignUp(anonymous);
        await Ask(dan, _ann);
        (await _ann.Api.Post("/friends/accept", new { requester_id = dan.Id })).ShouldBe(200);
        await Ask(dan, _bob);
        (await _bob.Api.Post("/friends/reject", new { requester_id = dan.Id })).ShouldBe(200);
        await Ask(dan, _cleo);
        (await dan.Api.Delete($"/friends/request/{_cleo.Id}")).ShouldBe(204);
        await dan.RoomWith(_ann);
        await _ann.CreateGroup("Weekend", _bob, _cleo);
        await _ann.Send(_room, "Seen on every stream?");
        await _bob.History(_room);
        (await _bob.Api.Get("/notifications")).ShouldBe(200);
        (await _bob.Api.Get("/friends")).ShouldBe(200);
        await using var resumed = await _bob.Stream(_room, "0");
        await using var reset = await _bob.Stream(_room, "of another stream");
        await using var all = await _bob.StreamOfAllRooms("0");
        await Task.WhenAll(resumed.First(), reset.First(), all.First());
    }

    /// <summary>Opens as many streams of a user as a process allows, and one that is refused.</summary>
    public async Task OpenTooManyStreams(ServerProcess chat, int limit)
    {
        var url = new Uri(chat.Url("chat"), "/messages/stream");
        for (var opened = 0; opened < limit; opened++) _streams.Add(await SseClient.Open(url, _cleo.Tokens.AccessToken));
        (await chat.Anonymous.With(_cleo.Tokens.AccessToken).Get("/messages/stream")).ShouldBe(429);
    }

    /// <summary>
    /// More sign-ins of a network than may wait, 429, and more sign-ups than can be served in time, 503. The service is asked directly: a
    /// gateway would take it out.
    /// </summary>
    public Task OverloadPasswords(ServerProcess users) => Eventually.Holds(
        async () =>
        {
            var signIns = Enumerable.Range(0, 16).Select(_ => users.Anonymous.Post(
                "/auth/login", new { email = _ann.Account.Email, password = _ann.Password }));
            var signUps = Enumerable.Range(0, 96).Select(_ => User.NewName()).Select(name => users.Anonymous.Post(
                "/auth/register", new { email = $"{name}@example.org", username = name, password = "horse-battery-staple-7" }));
            var statuses = (await Task.WhenAll([.. signIns, .. signUps])).Select(answer => answer.Status).ToList();
            return statuses.Contains(429) && statuses.Contains(503);
        },
        "refused passwords");

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams) await stream.DisposeAsync();
    }

    /// <summary>Passwords are slow here: on a busy machine even one after the other may be refused for a moment.</summary>
    private static async Task<User> SignUp(ApiClient anonymous)
    {
        User? user = null;
        await Eventually.Holds(
            async () =>
            {
                try
                {
                    user = await User.SignUp(anonymous);
                }
                catch (ShouldAssertException refused) when (refused.Message.Contains("overloaded", StringComparison.Ordinal))
                {
                    // It tries again.
                }
                return user is not null;
            },
            "a sign-up that is not refused", Patience.Long);
        return user!;
    }

    /// <summary>The same for one answer.</summary>
    private static async Task Becomes(int status, Func<Task<Answer>> call)
    {
        Answer? answer = null;
        await Eventually.Holds(async () => (answer = await call()).Status is not 503, "an answer that is no refusal", Patience.Long);
        answer!.ShouldBe(status);
    }

    private static async Task Ask(User from, User to) =>
        (await from.Api.Post("/friends/request", new { target_user_id = to.Id })).ShouldBe(201);

    private async Task OpenStreams()
    {
        _streams.Add(await _bob.Stream(_room));
        _streams.Add(await _bob.StreamOfAllRooms());
        foreach (var path in new[] { "/friends/stream", "/online-status/stream", "/notifications/stream" })
        {
            _streams.Add(await SseClient.Open(_bob.Api.Url(path), _bob.Tokens.AccessToken));
        }
    }
}
