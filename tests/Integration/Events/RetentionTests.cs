using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Embedded;
using BigTech.BuildingBlocks.Events.Hosting;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BigTech.Tests.Integration.Events;

public abstract class RetentionSuite : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly StoreHome _home;
    private readonly ManualTime _time = new();
    private readonly Store _producer;
    private readonly Store _consumer;

    protected RetentionSuite(TestEngine engine)
    {
        _home = StoreHome.On(engine);
        _producer = Open("producer");
        _consumer = Open("consumer");
    }

    public void Dispose()
    {
        _producer.Dispose();
        _consumer.Dispose();
        _home.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Events_past_their_retention_go_and_younger_ones_stay()
    {
        await Publish(1, 5);
        _time.Advance(Week - TimeSpan.FromHours(1));
        await Publish(6, 5);
        await RunRetention();
        (await Left()).Count.ShouldBe(10, "nothing is a week old");

        _time.Advance(TimeSpan.FromHours(2));
        await RunRetention();
        (await Left()).ShouldBe([6, 7, 8, 9, 10]);
    }

    [Fact]
    public async Task No_event_goes_before_every_group_has_handled_it()
    {
        await Publish(1, 10);
        var (quick, slow) = (Subscription("quick"), Subscription("slow"));
        await Handled(quick, 10);
        await Handled(slow, 4);
        _time.Advance(Week + TimeSpan.FromDays(1));

        await RunRetention(quick, slow);
        (await Left()).ShouldBe([5, 6, 7, 8, 9, 10]);

        await Handled(slow, 10);
        await RunRetention(quick, slow);
        (await Left()).ShouldBe([10], "the newest of a topic stays");
    }

    [Fact]
    public async Task A_group_that_has_yet_to_begin_holds_everything()
    {
        await Publish(1, 10);
        _time.Advance(4 * Week);
        await RunRetention(Subscription("new"));
        (await Left()).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Positions_are_never_used_again()
    {
        await Publish(1, 3);
        var end = await _producer.Log.End(MessagesRead.Topic, Ct);
        _time.Advance(2 * Week);
        await RunRetention();
        (await Left()).Count.ShouldBeLessThan(3);
        await Publish(4, 2);
        (await _producer.Log.Read(MessagesRead.Topic, end, 10, Ct)).Select(e => e.Position).ShouldBe([end + 1, end + 2]);
    }

    [Fact]
    public async Task A_long_log_is_trimmed_to_its_end()
    {
        await _producer.Write(work =>
        {
            for (var i = 1; i <= 3500; i++) work.Append(Event(i));
        });
        _time.Advance(2 * Week);
        await Publish(3501, 1);
        (await _producer.Log.Trim(MessagesRead.Topic, long.MaxValue, _time.GetUtcNow() - Week, Ct)).ShouldBe(3500);
        (await Left()).ShouldBe([3501]);
    }

    [Fact]
    public async Task Only_the_published_topics_are_trimmed()
    {
        await Publish(1, 5);
        await AppendTwo(_producer);
        _time.Advance(2 * Week);
        await RunRetention();
        (await Left()).ShouldBe([5]);
        (await _producer.Log.Read(MemberLeft.Topic, 0, 10, Ct)).Count.ShouldBe(2, "this process is not configured to publish it");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static MessagesRead Event(long version) => new(1, version, 7, version, "m");

    private Task Publish(long first, int count) => _producer.Write(work =>
    {
        for (var i = 0; i < count; i++) work.Append(Event(first + i));
    });

    private static Task AppendTwo(Store store) => store.Write(work =>
    {
        for (var version = 1; version <= 2; version++) work.Append(new MemberLeft(1, version, 1, 1, DateTimeOffset.UnixEpoch));
    });

    private Subscription Subscription(string group) => new(group, MessagesRead.Topic, _consumer);

    /// <summary>Sets a group's offset behind the events up to a version.</summary>
    private async Task Handled(Subscription subscription, long version)
    {
        var events = await _producer.Log.Read(MessagesRead.Topic, 0, 1000, Ct);
        var position = events.Last(e => EventJson.Deserialize<MessagesRead>(e.Data).Version <= version).Position;
        await _consumer.Write(work =>
        {
            work.Execute("DELETE FROM consumer_offsets WHERE consumer_group = @Group AND topic = @Topic", subscription);
            work.Execute(
                "INSERT INTO consumer_offsets (consumer_group, topic, position) VALUES (@Group, @Topic, @position)",
                new { subscription.Group, subscription.Topic, position });
        });
    }

    private async Task<List<long>> Left() =>
        (await _producer.Log.Read(MessagesRead.Topic, 0, 10_000, Ct)).ConvertAll(e => EventJson.Deserialize<MessagesRead>(e.Data).Version);

    private async Task RunRetention(params Subscription[] subscriptions)
    {
        using var retention = new OutboxRetention(
            [new PublishedTopic(MessagesRead.Topic, _producer)],
            new EmbeddedBus(
                new Dictionary<string, EventLog>(), subscriptions, Options.Create(new BusOptions()), _time, NullLoggerFactory.Instance),
            Options.Create(new BusOptions()), _time, NullLogger<OutboxRetention>.Instance);
        await retention.RunOnce(Ct);
    }

    private Store Open(string name, TimeProvider? time = null) => _home.Open(name, Migrations.None, time ?? _time);
}

public sealed class RetentionTests() : RetentionSuite(TestEngine.Sqlite);

[Engines]
public sealed class RetentionMariaDbTests() : RetentionSuite(TestEngine.MariaDb);
