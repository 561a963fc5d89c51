namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>Streams of readers that are too far behind or too slow; on a server of its own, because the load is heavy.</summary>
public sealed class StreamLimitScenarios : IAsyncLifetime
{
    private const int MaxGap = 10_000;

    private ServerProcess _server = null!;

    // What a slow reader misses is larger than a replay may be by default.
    public async ValueTask InitializeAsync() =>
        _server = await ServerProcess.Start(("Streams__MaxReplayBytes", $"{256 * 1024 * 1024}"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_gap_of_10000_changes_is_bridged_and_one_more_is_a_reset()
    {
        var (ann, bob, room) = await _server.TwoInARoom();
        await using var before = await bob.Stream(room);
        var first = await ann.Send(room, "first");
        var second = await ann.Send(room, "second");
        var created = await before.WaitUntil(all => all.Count(e => e.IsMessage) == 2, "two messages");
        await before.Cut();
        var (firstId, secondId) = (created[^2].Id, created[^1].Id);
        await ann.SendMany(room, MaxGap, index => $"{index}", connections: 48);
        (await ann.GetRoom(room)).Version.ShouldBe(second.Version + MaxGap);

        await using var bridged = await bob.Stream(room, secondId);
        await using var tooFar = await bob.Stream(room, firstId);
        await using var fromTheBeginning = await bob.Stream(room, "0");

        foreach (var stream in new[] { tooFar, fromTheBeginning })
        {
            var reset = await stream.First();
            reset.Type.ShouldBe("reset");
            reset.Json.GetProperty("reason").GetString().ShouldBe("too_far");
        }
        var messages = await bridged.WaitForCreated(MaxGap, Patience.Long);
        messages.Select(message => message.Seq).ShouldBe(Enumerable.Range(3, MaxGap).Select(seq => (long)seq));
        var live = await ann.Send(room, "live");
        await tooFar.WaitFor(e => e.IsMessage && e.Message.Id == live.Id, "the next message");
        tooFar.Events.Count.ShouldBe(2);
        first.Seq.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_that_stops_reading_receives_a_reset_and_costs_the_others_nothing(bool allRooms)
    {
        const int messages = 4_000;
        var (ann, bob, room) = await _server.TwoInARoom();
        await using var slow = await Open(bob, room, allRooms, smallWindow: true);
        await using var other = await bob.Stream(room);
        await ann.Send(room, "seen by both");
        await slow.WaitForCreated(1);
        slow.StopReading();

        await ann.SendMany(room, messages, _ => new string('글', 3_500));

        var seen = await other.WaitForCreated(messages + 1, Patience.Long);
        seen.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, messages + 1).Select(seq => (long)seq));
        slow.ReadOn();
        var reset = await slow.WaitFor(e => e.Type == "reset", "the reset", Patience.Long);
        await slow.WaitForEnd();
        reset.Json.GetProperty("reason").GetString().ShouldBe("slow_consumer");
        slow.Events[^1].ShouldBe(reset, "nothing comes after the reset");
        var before = slow.Events.Where(e => e.IsMessage).ToList();
        before.Select(e => e.Message.Seq).ShouldBe(Enumerable.Range(1, before.Count).Select(seq => (long)seq), "no silent gap");
        before.Count.ShouldBeLessThan(messages);

        await using var again = await Open(bob, room, allRooms, before[^1].Id);
        var rest = await again.WaitForCreated(messages + 1 - before.Count, Patience.Long);
        rest.Select(message => message.Seq)
            .ShouldBe(Enumerable.Range(before.Count + 1, messages + 1 - before.Count).Select(seq => (long)seq));
    }

    private static Task<SseClient> Open(User user, long room, bool allRooms, string? lastEventId = null, bool smallWindow = false) =>
        allRooms ? user.StreamOfAllRooms(lastEventId, smallWindow) : user.Stream(room, lastEventId, smallWindow);
}
