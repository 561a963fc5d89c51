namespace BigTech.Tests.EndToEnd.Friends;

/// <summary>The sync property of friends and requests: an old snapshot plus the events since then equals a fresh snapshot.</summary>
[Scenarios]
public sealed class FriendSyncScenarios(SharedServer server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    [InlineData(987654321)]
    public async Task Whether_a_client_stays_connected_or_resumes_its_old_snapshot_and_the_events_equal_a_fresh_one(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var people = await server.NewUsers(5);
        await Act(people, random, steps: 10);
        var copy = await FriendsCopy.Of(people[0]);
        var lastEventId = copy.LastEventId;
        var stayed = await FriendsCopy.Of(people[0]);
        await using var live = await people[0].FriendStream(stayed.LastEventId);

        // Few changes per round, so that a later one does not hide that an earlier event was missing.
        for (var round = 0; round < 12; round++)
        {
            await Act(people, random, steps: 2);
            var acting = Act(people, random, steps: round % 2 * 6);
            var (events, stream) = await FollowedStream.While(acting, people[0].FriendStream, lastEventId, random);
            await using var last = stream;
            await last.First();
            events.ForEach(copy.Apply);
            var fresh = await FriendsCopy.Of(people[0]);
            await ShouldBecome(fresh, copy, last);
            await ShouldBecome(fresh, stayed, live);
            copy = copy.With(last.Events);
            lastEventId = last.LastEventId.ShouldNotBeNull();
        }
        live.Events.ShouldAscendFrom(stayed.LastEventId);
    }

    private static async Task ShouldBecome(FriendsCopy fresh, FriendsCopy copy, SseClient stream) =>
        await stream.WaitUntil(
            all => copy.With(all).Describe() == fresh.Describe(), $"{fresh.Describe()}\ninstead of\n{copy.Describe()}");

    /// <summary>All users act concurrently, each in an order that the seed decides.</summary>
    private static Task Act(User[] people, Random random, int steps) => Task.WhenAll(people.Select(async user =>
    {
        var own = new Random(random.Next());
        for (var step = 0; step < steps; step++)
        {
            var other = people[own.Next(people.Length)];
            // Errors are expected: the other user may have been faster.
            if (other != user)
                (await Command(user, other, own.Next(14))).Status.ShouldBeInRange(200, 409);
        }
    }).ToList());

    private static Task<Answer> Command(User user, User other, int command) => command switch
    {
        < 4 => user.TryAsk(other),
        < 8 => user.Api.Put($"/friends/status/{other.Id}", new { action = "accept" }),
        8 => user.Api.Put($"/friends/status/{other.Id}", new { action = "reject" }),
        9 => user.Api.Delete($"/friends/request/{other.Id}"),
        10 => user.Unfriend(other),
        11 => user.TryBlock(other),
        _ => user.Api.Delete($"/friends/unblock/{other.Id}"),
    };

    /// <summary>The client's copy: friends and requests by the id of the friendship.</summary>
    private sealed class FriendsCopy
    {
        private readonly SortedDictionary<long, string> _rows = [];

        public string LastEventId { get; private init; } = "";

        public static async Task<FriendsCopy> Of(User user)
        {
            // The event id of the first list: events that the second list already includes do no harm.
            var list = await user.Friends("?limit=100");
            var copy = new FriendsCopy { LastEventId = list.LastEventId.ShouldNotBeNull() };
            var requests = await user.Requests("?limit=100");
            foreach (var friend in list.Friends)
                copy._rows[friend.FriendshipId] = $"{friend.UserId} {friend.Username} since {friend.FriendsSince:O}";
            foreach (var request in requests.Sent.Concat(requests.Received))
                copy._rows[request.Id] = Describe(request);
            return copy;
        }

        public FriendsCopy With(IEnumerable<SseEvent> events)
        {
            var copy = new FriendsCopy();
            foreach (var row in _rows)
                copy._rows.Add(row.Key, row.Value);
            foreach (var e in events)
                copy.Apply(e);
            return copy;
        }

        public void Apply(SseEvent e)
        {
            switch (e.Type)
            {
                case "friend.added":
                    var added = e.As<FriendshipOpened>().Friendship;
                    _rows[added.Id] = $"{added.User.UserId} {added.User.Username} since {added.UpdatedAt:O}";
                    break;
                case "request.created":
                    var created = e.As<FriendshipOpened>().Friendship;
                    _rows[created.Id] = Describe(created);
                    break;
                case "friend.removed" or "request.closed":
                    _rows.Remove(e.As<FriendshipClosed>().FriendshipId);
                    break;
                default:
                    e.Type.ShouldBe("ready");
                    break;
            }
        }

        public string Describe() => string.Join('\n', _rows.Select(row => $"{row.Key}: {row.Value}"));

        private static string Describe(Friendship request) => Wire.Write(request);
    }
}
