using System.Text.Json;
using BigTech.Contracts;
using BigTech.Contracts.Json;

namespace BigTech.Tests.Unit.Contracts;

public sealed class TopicTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new UtcTimeConverter() } };

    /// <summary>The table in the specification.</summary>
    [Theory]
    [InlineData("user.events", 3, 168)]
    [InlineData("user.online_status", 6, 1)]
    [InlineData("friend.events", 3, 168)]
    [InlineData("chat.events", 3, 168)]
    [InlineData("message.events", 10, 168)]
    [InlineData("notification.events", 3, 168)]
    public void Topics_are_those_of_the_specification(string name, int partitions, int hours)
    {
        Topics.All.Count.ShouldBe(6);
        Topics.All.ShouldContain(new Topic(name, partitions, TimeSpan.FromHours(hours)));
    }

    [Fact]
    public void Times_are_written_in_utc_with_microseconds()
    {
        var inSeoul = new DateTimeOffset(2026, 11, 21, 21, 0, 0, TimeSpan.FromHours(9)).AddTicks(1_234_567);

        JsonSerializer.Serialize(inSeoul, Options).ShouldBe("\"2026-11-21T12:00:00.123456Z\"");
    }

    [Theory]
    [InlineData("\"2026-11-21T21:00:00+09:00\"")]
    [InlineData("\"2026-11-21T12:00:00Z\"")]
    [InlineData("\"2026-11-21T12:00:00.000000Z\"")]
    public void Times_of_any_zone_are_read_as_utc(string json)
    {
        var read = JsonSerializer.Deserialize<DateTimeOffset>(json, Options);
        read.ShouldBe(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        read.Offset.ShouldBe(TimeSpan.Zero);
    }
}
