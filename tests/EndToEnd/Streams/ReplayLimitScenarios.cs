namespace BigTech.Tests.EndToEnd.Streams;

/// <summary>Replays beyond their limit of bytes, which this server sets low.</summary>
public sealed class ReplayLimitScenarios : IAsyncLifetime
{
    private const int MaxBytes = 256 * 1024;

    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.Start(("Streams__MaxReplayBytes", $"{MaxBytes}"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_replay_that_is_too_large_ends_with_a_reset_and_the_stream_goes_on_live(bool allRooms)
    {
        const int messages = 1000;
        var (ann, bob, room) = await _server.TwoInARoom();
        await ann.SendMany(room, messages, _ => new string('글', 1_000));
        var version = (await ann.GetRoom(room)).Version;

        await using var stream = allRooms ? await bob.StreamOfAllRooms("0") : await bob.Stream(room, "0");

        var reset = await stream.WaitFor(e => e.Type == "reset", "the reset");
        (reset.Json.GetProperty("reason").GetString(), reset.Json.GetProperty("version").GetInt64()).ShouldBe(("too_large", version));
        var replayed = stream.Events.Where(e => e.IsMessage).ToList();
        replayed.Count.ShouldBeInRange(1, messages - 1);
        replayed.Sum(e => e.Data.Length).ShouldBeLessThan(3 * MaxBytes, "no more than a page above the limit");
        var live = await ann.Send(room, "live");
        await stream.WaitFor(e => e.IsMessage && e.Message.Id == live.Id, "the next message");
        stream.Events.Count(e => e.IsMessage).ShouldBe(replayed.Count + 1);
        await using var back = allRooms ? await bob.StreamOfAllRooms(reset.Id) : await bob.Stream(room, reset.Id);
        (await back.WaitForCreated(1)).ShouldHaveSingleItem().Id.ShouldBe(live.Id);
    }
}
