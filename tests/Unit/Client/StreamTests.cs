using System.Net;
using BigTech.Chat.Client;

namespace BigTech.Tests.Unit.Client;

/// <summary>What a stream of the SDK makes of the answers of a server.</summary>
public sealed class StreamTests : IDisposable
{
    private const string Ready = "id: r\nevent: ready\ndata: {\"resumed\":true,\"version\":1}\n\n";

    private readonly StubServer _server = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task An_event_that_was_cut_off_is_not_applied_and_comes_again()
    {
        _server.Streams($"{Ready}{Created(1)}id: e2\nevent: message.created\ndata: {{\"room_id\":1,\"ver")
            .Streams($"{Ready}{Created(2)}").Answers(HttpStatusCode.NoContent);

        var events = await ReadAll(_server.Client(_time).Streams.Room(1));

        events.OfType<MessageChanged>().Select(change => change.Version).ShouldBe([1, 2]);
        _server.Requests.Select(request => request.LastEventId).ShouldBe([null, "e1", "e2"]);
    }

    [Fact]
    public async Task No_content_ends_a_stream()
    {
        _server.Answers(HttpStatusCode.NoContent);

        (await ReadAll(_server.Client(_time).Streams.AllRooms())).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task A_refusal_that_will_stay_one_is_thrown(HttpStatusCode status)
    {
        _server.Answers(status);

        (await Should.ThrowAsync<ChatApiException>(ReadAll(_server.Client(_time).Streams.Room(1)))).Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_server_that_is_busy_or_away_is_asked_again_with_growing_pauses_not_before_it_wants()
    {
        var wanted = TimeSpan.FromMinutes(5);
        _server.Fails().Answers(HttpStatusCode.BadGateway).Answers(HttpStatusCode.TooManyRequests, wanted).Fails()
            .Streams(Ready).Answers(HttpStatusCode.NoContent);

        var events = await ReadAll(_server.Client(_time).Streams.Room(1, "start"));

        var pauses = events.OfType<StreamInterrupted>().Select(interruption => interruption.RetryAfter).ToList();
        pauses.Count.ShouldBe(5);
        pauses[0].ShouldBeLessThan(wanted);
        pauses[2].ShouldBeGreaterThanOrEqualTo(wanted);
        pauses[3].ShouldBeLessThan(wanted);
        events.OfType<StreamInterrupted>().Select(interruption => interruption.Error?.GetType()).ShouldBe(
            [typeof(HttpRequestException), typeof(ChatApiException), typeof(ChatApiException), typeof(HttpRequestException), null]);
        _server.Requests.Select(request => request.LastEventId).ShouldBe(["start", "start", "start", "start", "start", "r"]);
    }

    [Fact]
    public async Task The_server_may_name_the_shortest_pause()
    {
        var shortest = TimeSpan.FromMinutes(1);
        _server.Streams($"retry: {shortest.TotalMilliseconds}\n{Ready}").Answers(HttpStatusCode.NoContent);

        var events = await ReadAll(_server.Client(_time).Streams.Room(1));

        events.OfType<StreamInterrupted>().ShouldHaveSingleItem().RetryAfter.ShouldBeGreaterThanOrEqualTo(shortest);
    }

    [Fact]
    public async Task A_client_that_was_too_slow_goes_on_where_it_was()
    {
        _server.Streams($"{Ready}{Created(1)}id: e1\nevent: reset\ndata: {{\"reason\":\"slow_consumer\",\"room_id\":1}}\n\n")
            .Streams(Created(2)).Answers(HttpStatusCode.NoContent);

        var events = await ReadAll(_server.Client(_time).Streams.Room(1));

        events.OfType<StreamReset>().ShouldBeEmpty("no snapshot is needed");
        events.OfType<MessageChanged>().Select(change => change.Version).ShouldBe([1, 2]);
        _server.Requests[1].LastEventId.ShouldBe("e1");
    }

    [Theory]
    [InlineData("later.event", "{\"a\":1}")]
    [InlineData("message.created", "[]")]
    [InlineData("message.created", "not json")]
    public async Task What_a_later_server_sends_is_passed_on(string name, string data)
    {
        _server.Streams($"id: x\nevent: {name}\ndata: {data}\n\n").Answers(HttpStatusCode.NoContent);

        var unknown = (await ReadAll(_server.Client(_time).Streams.Room(1)))[0].ShouldBeOfType<UnknownEvent>();

        unknown.ShouldBe(new UnknownEvent(name, data) { EventId = "x" });
    }

    [Fact]
    public async Task A_stream_of_one_room_ends_when_the_room_is_deleted()
    {
        _server.Streams($"{Ready}id: d\nevent: reset\ndata: {{\"reason\":\"room_deleted\",\"room_id\":1,\"version\":9}}\n\n");

        (await ReadAll(_server.Client(_time).Streams.Room(1)))[^1].ShouldBeOfType<StreamReset>().Reason.ShouldBe(StreamReset.RoomDeleted);
    }

    [Fact]
    public async Task Events_of_all_rooms_that_the_snapshot_has_are_left_out()
    {
        _server.Streams("id: r\nevent: ready\ndata: {\"resumed\":false,\"version\":0}\n\n" + Created(1) + Created(2)
                + "event: typing\ndata: {\"room_id\":1,\"version\":1,\"user_id\":3,\"is_typing\":true}\n\n")
            .Json("{\"rooms\":[{\"id\":1,\"version\":1}],\"next_cursor\":\"more\"}")
            .Json("{\"rooms\":[{\"id\":2,\"version\":5}],\"next_cursor\":null}")
            .Answers(HttpStatusCode.NoContent);

        var events = await ReadAll(_server.Client(_time).Streams.FollowAllRooms());

        events[0].ShouldBeOfType<RoomListSnapshot>().Rooms.Select(room => room.Id).ShouldBe([1, 2]);
        events.OfType<RoomEvent>().Select(change => (change.GetType(), change.Version)).ShouldBe(
            [(typeof(MessageChanged), 2), (typeof(TypingChanged), 1)]);
    }

    private static string Created(int version) =>
        $"id: e{version}\nevent: message.created\ndata: {{\"room_id\":1,\"version\":{version},\"message\":{{\"id\":\"m\"}}}}\n\n";

    /// <summary>Reads to the end, with as much time as it takes.</summary>
    private async Task<List<StreamEvent>> ReadAll(IAsyncEnumerable<StreamEvent> stream)
    {
        var events = new List<StreamEvent>();
        var reading = Read();
        await Eventually.Holds(
            () =>
            {
                if (_time.Timers > 0) _time.Advance(TimeSpan.FromSeconds(1));
                return reading.IsCompleted;
            },
            "the stream ends");
        await reading;
        return events;

        async Task Read()
        {
            await foreach (var change in stream) events.Add(change);
        }
    }
}
