namespace BigTech.Tests.EndToEnd.Messages;

/// <summary>A room of thirty messages, which these scenarios only read.</summary>
public sealed class RoomOfThirty(SharedServer server) : IAsyncLifetime
{
    public const int Count = 30;

    public User Reader { get; private set; } = null!;

    public long Room { get; private set; }

    public List<Message> Messages { get; } = [];

    public async ValueTask InitializeAsync()
    {
        (Reader, var writer, Room) = await server.TwoInARoom();
        for (var number = 1; number <= Count; number++)
            Messages.Add(await (number % 2 == 0 ? Reader : writer).Send(Room, $"message {number}"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

[Scenarios]
public sealed class HistoryScenarios(SharedServer server, RoomOfThirty thirty) : IClassFixture<RoomOfThirty>
{
    private const int Count = RoomOfThirty.Count;

    private readonly User _reader = thirty.Reader;
    private readonly long _room = thirty.Room;
    private readonly List<Message> _messages = thirty.Messages;

    public static TheoryData<string, long, long> Pages() => new()
    {
        // query, newest and oldest seq of the page
        { "", 30, 1 },
        { "limit=1", 30, 30 },
        { "limit=10", 30, 21 },
        { "limit=10&before=21", 20, 11 },
        { "limit=10&before=5", 4, 1 },
        { "limit=10&before=31", 30, 21 },
        { "limit=10&before=1000", 30, 21 },
        { "limit=10&after=0", 10, 1 },
        { "limit=10&after=5", 15, 6 },
        { "limit=10&after=25", 30, 26 },
        { "limit=10&skip=5", 25, 16 },
        { "limit=10&skip=25", 5, 1 },
        { "limit=10&offset=25", 5, 1 },
        { "limit=100", 30, 1 },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_the_asked_part_newest_first(string query, long newest, long oldest)
    {
        var page = await _reader.History(_room, query);

        page.Seqs.ShouldBe(Descending(newest, oldest));
        page.TotalCount.ShouldBe(Count);
        page.Messages.Select(message => message.Content).ShouldBe(page.Seqs.Select(seq => $"message {seq}"));
    }

    [Theory]
    [InlineData("limit=10&before=1")]
    [InlineData("limit=10&after=30")]
    [InlineData("limit=10&after=1000")]
    [InlineData("limit=10&skip=30")]
    public async Task Beyond_the_ends_a_page_is_empty(string query)
    {
        var page = await _reader.History(_room, query);

        page.Messages.ShouldBeEmpty();
        page.HasMore.ShouldBeFalse();
        page.TotalCount.ShouldBe(Count);
    }

    [Fact]
    public async Task A_place_may_be_given_as_a_message_id()
    {
        (await _reader.History(_room, $"limit=3&before={_messages[9].Id}")).Seqs.ShouldBe([9, 8, 7]);
        (await _reader.History(_room, $"limit=3&after={_messages[9].Id}")).Seqs.ShouldBe([13, 12, 11]);
        (await _reader.History(_room, $"limit=5&around={_messages[9].Id}")).Seqs.ShouldContain(10);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1)]
    [InlineData(30)]
    public async Task Around_a_message_are_its_neighbours_in_one_piece(long seq)
    {
        var page = await _reader.History(_room, $"limit=7&around={seq}");

        page.Seqs.ShouldContain(seq);
        page.Seqs.Length.ShouldBeInRange(4, 7);
        page.Seqs.ShouldBe(Descending(page.Seqs[0], page.Seqs[^1]));
        if (seq == 15)
            (page.Seqs[0] > 15 && page.Seqs[^1] < 15).ShouldBeTrue("both sides are shown");
    }

    [Fact]
    public async Task Following_next_cursor_reads_everything_once()
    {
        var seen = new List<long>();
        var page = await _reader.History(_room, "limit=7");
        seen.AddRange(page.Seqs);
        while (page.HasMore)
        {
            page = await _reader.History(_room, $"limit=7&before={Uri.EscapeDataString(page.NextCursor.ToString().ShouldNotBeNull())}");
            seen.AddRange(page.Seqs);
        }

        page.NextCursor.ShouldBeNull();
        seen.ShouldBe(Descending(Count, 1));
    }

    [Fact]
    public async Task Has_more_tells_whether_there_is_more_in_the_direction_of_reading()
    {
        (await _reader.History(_room, "limit=29")).HasMore.ShouldBeTrue();
        (await _reader.History(_room, "limit=30")).HasMore.ShouldBeFalse();
        (await _reader.History(_room, "limit=10&after=19")).HasMore.ShouldBeTrue();
        (await _reader.History(_room, "limit=10&after=20")).HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task The_room_may_be_named_in_the_query()
    {
        (await _reader.Api.Get($"/messages?room_id={_room}&limit=2")).As<History>().Seqs.ShouldBe([30, 29]);
    }

    [Fact]
    public async Task History_is_closed_to_strangers_and_unknown_rooms_are_404()
    {
        var stranger = await server.NewUser();

        (await stranger.Api.Get($"/messages/{_room}")).ShouldBeProblem(403);
        (await stranger.Api.Get($"/messages?room_id={_room}")).ShouldBeProblem(403);
        (await stranger.Api.Get("/messages/999999999")).ShouldBeProblem(404);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=99999999999999999999", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("skip=-1", "skip")]
    [InlineData("skip=99999999999999999999", "skip")]
    [InlineData("offset=-1", "offset")]
    [InlineData("skip=1&offset=1", "offset")]
    [InlineData("after=0&skip=1", "skip")]
    [InlineData("around=1&offset=1", "offset")]
    [InlineData("before=-1", "before")]
    [InlineData("before=rubbish", "before")]
    [InlineData("after=-1", "after")]
    [InlineData("after=1.5", "after")]
    [InlineData("after=2026-01-01T00:00:00Z", "after")]
    [InlineData("around=-1", "around")]
    [InlineData("around=99999999999999999999", "around")]
    public async Task A_bad_value_is_422_and_names_its_parameter(string query, string field)
    {
        (await _reader.Api.Get($"/messages/{_room}?{query}")).ShouldBlame(field);
    }

    [Theory]
    [InlineData("before=5&after=2")]
    [InlineData("before=5&around=5")]
    [InlineData("after=5&around=5")]
    public async Task Only_one_place_may_be_given(string query)
    {
        (await _reader.Api.Get($"/messages/{_room}?{query}")).ShouldBeProblem(422, "invalid");
    }

    private static IEnumerable<long> Descending(long newest, long oldest)
    {
        for (var seq = newest; seq >= oldest; seq--)
            yield return seq;
    }
}
