using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Messages;
using BigTech.Chat.Streaming;
using BigTech.Tests.Integration.Redis;

namespace BigTech.Tests.Integration.Chat;

/// <summary>The stream of one room, while the room changes.</summary>
public sealed class RoomStreamTests : IDisposable
{
    private const long Owner = 1;
    private const long Member = 2;

    private readonly ChatHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task What_comes_live_while_it_is_replayed_comes_once()
    {
        var room = await _host.CreateGroup(Owner, Member);
        await _host.Send(room, Owner, "missed");
        // The hub knows only the version of a second change: it detects the gap after the stream has joined and before it replays.
        _host.Hub.Join(room, new Listener(Owner));
        _host.Hub.ReportVersion(room, 2);
        _host.Hub.GapDetected += _ => SendAndTell(room).GetAwaiter().GetResult();

        using var stream = Open(room, "0");
        (await stream.Next()).Name.ShouldBe("ready");
        (await stream.Next()).Data.ShouldContain("missed");
        (await stream.Next()).Data.ShouldContain("both ways");
        await _host.Send(room, Owner, "live");

        (await stream.Next()).Data.ShouldContain("live");
    }

    [Fact]
    public async Task Who_has_read_of_a_change_before_it_is_in_memory_may_go_on_from_it()
    {
        var room = await _host.CreateGroup(Owner, Member);
        await _host.SendAndMeanwhile(room, Owner, "missed", async () =>
        {
            string? id;
            using (var first = Open(room, "0"))
            {
                (await first.Next()).Name.ShouldBe("ready");
                id = await first.NextId();
            }
            id.ShouldBe($"{new RoomEventId(room, 1)}");

            using var second = Open(room, id!);
            (await second.Next()).Name.ShouldBe("ready");
        });

        using var ahead = Open(room, $"{new RoomEventId(room, 2)}");
        (await ahead.Next()).Data.ShouldContain("future_id");
    }

    [Fact]
    public async Task A_stream_that_has_read_further_than_the_hub_has_published_shows_no_typing_from_before()
    {
        var room = await _host.CreateGroup(Owner, Member);
        InProcessStream? stream = null;
        await _host.SendAndMeanwhile(room, Owner, "missed", async () =>
        {
            await _host.Listen(room, new Listener(Owner), version: 0);
            _host.ShowTyping(room, Owner, version: 0);
            stream = Open(room, "0");
            (await stream.Next()).Name.ShouldBe("ready");
            (await stream.Next()).Data.ShouldContain("missed");
            _host.ShowTyping(room, Owner, version: 0);
        });
        using (stream)
        {
            await _host.Send(room, Owner, "live");

            (await stream!.Next()).Data.ShouldContain("live");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_still_replayed_when_its_user_loses_the_room_ends_with_that(bool isDeleted)
    {
        var room = await _host.CreateGroup(Owner, Member);
        for (var i = 0; i < 600; i++) await _host.Send(room, Owner, $"missed {i}");

        // The connection buffers nothing that is unread, and only a little of the replay fits into the reader.
        using var stream = Open(room, "0", queueLength: 16);
        (await stream.Next()).Name.ShouldBe("ready");
        (await stream.Next()).Data.ShouldContain("missed 0");
        await (isDeleted ? _host.DeleteRoom(room, Owner) : _host.Remove(room, Owner, Member));
        var (seen, last) = (1, await stream.Next());
        for (; last.Name == "message.created"; last = await stream.Next()) seen++;

        seen.ShouldBeLessThan(600);
        if (isDeleted) (last.Name, last.Data.Contains("room_deleted")).ShouldBe(("reset", true));
        else (last.Name, last.Data.Contains("\"left\"")).ShouldBe(("member", true));
        await stream.Ended();
    }

    private async Task SendAndTell(long room)
    {
        await _host.Send(room, Owner, "both ways");
        var (version, changes) = (await Replay().Read(room, 1, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        _host.Hub.CatchUp(room, 1, changes, version);
    }

    private RoomReplay Replay() => new(_host.Store, _host.Names);

    private InProcessStream Open(long room, string lastEventId, int? queueLength = null) => new((http, registry) => new RoomStream(
        http, new Caller(Member, $"s{Member}", $"user{Member}"), room,
        new StreamServices(_host.Store, _host.Hub, Replay(), registry)).Run(), queueLength, lastEventId: lastEventId);
}
