using System.Globalization;
using System.Text;
using BigTech.BuildingBlocks.Events.Kafka;
using Confluent.Kafka;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class EventRecordsTests
{
    private static readonly DateTime WrittenAt = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("2026-02-03T04:05:06Z", "2026-02-03T04:05:06Z")]
    [InlineData("2026-02-03t04:05:06.123456789z", "2026-02-03T04:05:06.1234567Z")]
    [InlineData("2026-02-03T04:05:06+09:00", "2026-02-02T19:05:06Z")]
    public void The_time_of_an_event_is_that_of_its_header(string sent, string read) =>
        TimeOf(sent).ShouldBe(DateTimeOffset.Parse(read, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("2026-02-03T04:05:06")]
    [InlineData("2026-02-03T04:05:06.1234567")]
    [InlineData("2026-02-03")]
    [InlineData("04:05Z")]
    [InlineData("2026-02-30T04:05:06Z")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void A_time_that_is_none_or_has_no_offset_is_not_read_in_the_zone_of_the_server(string sent) =>
        TimeOf(sent).ShouldBe(WrittenAt);

    [Fact]
    public void Without_a_header_it_is_the_time_at_which_the_record_was_written() => TimeOf(null).ShouldBe(WrittenAt);

    private static DateTimeOffset TimeOf(string? sent)
    {
        var headers = new Headers();
        if (sent is not null) headers.Add("ce_time", Encoding.UTF8.GetBytes(sent));
        var record = new ConsumeResult<string, byte[]?>
        {
            Message = new Message<string, byte[]?> { Headers = headers, Timestamp = new Timestamp(WrittenAt) },
        };
        return EventRecords.ToEvent(record, "message.events").Time;
    }
}
