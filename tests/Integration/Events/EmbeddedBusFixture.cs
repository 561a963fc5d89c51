using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Embedded;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BigTech.Tests.Integration.Events;

/// <summary>The embedded bus on a real engine.</summary>
internal sealed class EmbeddedBusFixture : EventBusFixture
{
    private readonly GroupStores _stores;
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private EmbeddedBus _bus;

    public EmbeddedBusFixture(BusOptions options, TimeProvider? time = null, TestEngine engine = TestEngine.Sqlite)
    {
        _stores = new GroupStores(engine);
        _time = time ?? TimeProvider.System;
        _options = options;
        _bus = NewBus();
    }

    public override IEventBus Bus => _bus;

    public override Store Producer => Store("producer");

    public override Store Store(string group) => _stores.Of(group);

    public override Task Restart()
    {
        _stores.Close();
        _bus = NewBus();
        return Task.CompletedTask;
    }

    public override async Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription) => await subscription.Store.Read(
        async reader => (await reader.Query<Row>(
            "SELECT event_key, type, error, attempts FROM dead_letters WHERE consumer_group = @Group AND topic = @Topic ORDER BY id",
            new { subscription.Group, subscription.Topic })).ConvertAll(row => new DeadLetter(row.Event_Key, row.Type, row.Error,
            (int)row.Attempts)),
        TestContext.Current.CancellationToken);

    public override ValueTask DisposeAsync()
    {
        _stores.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The state after a crash at this moment: the group's files as they are on disk, opened in another folder.</summary>
    public Store Crashed(string group, TemporaryFolder folder) => _stores.Crashed(group, folder);

    private EmbeddedBus NewBus() => new(
        Topics.All.ToDictionary(topic => topic.Name, _ => Producer.Log), [], Options.Create(_options), _time, NullLoggerFactory.Instance);

    private sealed record Row(string Event_Key, string Type, string Error, long Attempts);
}
