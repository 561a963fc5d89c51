using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Presence;

/// <summary>The sync property of presence: an old snapshot plus the events since then equals a fresh snapshot.</summary>
[Scenarios]
public sealed class PresenceSyncScenarios(SharedServer server)
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
        var (me, others) = (people[0], people[1..]);
        // Two users stay online, so that only commands change their presence; the others connect and disconnect.
        await using var first = await others[0].StreamOfAllRooms();
        await using var second = await others[1].StreamOfAllRooms();
        await me.BefriendAndWait(others[0]);
        await Act(people, random, steps: 10);
        var old = await me.StatusesOf(others);
        var (copy, lastEventId, wasOnline) = (old.ById, old.LastEventId, false);
        await using var live = await me.PresenceStream(old.LastEventId);

        // Few changes per round, so that a later one does not hide that an earlier event was missing.
        for (var round = 0; round < 12; round++)
        {
            await Act(people, random, steps: 2);
            var acting = Act(people, random, steps: round % 2 * 6);
            var (events, stream) = await FollowedStream.While(acting, id => me.PresenceStream(id), lastEventId, random);
            await using var last = stream;
            await last.First();
            events.ForEach(e => Apply(copy, e));
            // A user goes offline a moment after their stream closes, so the fresh snapshot is repeated until the streams have caught up.
            await Eventually.Holds(
                async () =>
                {
                    var fresh = Describe((await me.StatusesOf(others)).ById);
                    return fresh == Describe(With(copy, last.Events)) && fresh == Describe(With(old.ById, live.Events));
                },
                "both copies are the fresh snapshot");
            copy = With(copy, last.Events);
            lastEventId = last.LastEventId.ShouldNotBeNull();
            wasOnline |= copy.Values.Any(status => status.IsOnline);
        }
        live.Events.ShouldAscendFrom(old.LastEventId);
        wasOnline.ShouldBeTrue("of strangers it would say little");
    }

    private static Task Act(User[] people, Random random, int steps) => Task.WhenAll(people.Select(async user =>
    {
        var own = new Random(random.Next());
        for (var step = 0; step < steps; step++)
        {
            var other = people[own.Next(people.Length)];
            if (other != user)
                (await Command(user, other, own.Next(20))).Status.ShouldBeInRange(200, 409);
        }
    }).ToList());

    private static async Task<Answer> Command(User user, User other, int command)
    {
        if (command < 3)
            await (await user.StreamOfAllRooms()).DisposeAsync();
        return command switch
        {
            < 9 => await user.Api.Put("/online-status/me", new { invisible = command % 2 == 0 }),
            < 13 => await user.TryAsk(other),
            < 18 => await user.Api.Put($"/friends/status/{other.Id}", new { action = "accept" }),
            18 => await user.Unfriend(other),
            _ => await Quarrel(user, other),
        };
    }

    private static async Task<Answer> Quarrel(User user, User other)
    {
        await user.TryBlock(other);
        return await user.Api.Delete($"/friends/unblock/{other.Id}");
    }

    private static Dictionary<long, OnlineStatus> With(Dictionary<long, OnlineStatus> copy, IEnumerable<SseEvent> events)
    {
        var after = new Dictionary<long, OnlineStatus>(copy);
        foreach (var e in events)
            Apply(after, e);
        return after;
    }

    private static void Apply(Dictionary<long, OnlineStatus> copy, SseEvent e)
    {
        e.Type.ShouldBeOneOf("ready", "presence");
        if (e.Type == "presence" && e.As<OnlineStatus>() is var status)
            copy[status.UserId] = status;
    }

    private static string Describe(Dictionary<long, OnlineStatus> statuses) =>
        string.Join('\n',
            statuses.Values.OrderBy(status => status.UserId).Select(status => $"{status.UserId} {status.IsOnline} {status.LastSeenAt:O}"));
}
