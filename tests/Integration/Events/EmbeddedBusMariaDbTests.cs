using BigTech.BuildingBlocks.Events;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Events;

/// <summary>The embedded bus on MariaDB: several contexts in one process, with their stores on a server.</summary>
[Engines]
public sealed class EmbeddedBusMariaDbTests() : EventBusTests(options => new EmbeddedBusFixture(options, engine: TestEngine.MariaDb))
{
    [Fact]
    public async Task Two_consumers_of_one_group_do_not_handle_an_event_twice()
    {
        await using var fixture = NewFixture(new BusOptions { BatchSize = 5 });
        await Publish(fixture, 1, 60);
        await using (Consume(fixture))
        await using (Consume(fixture))
        {
            await Publish(fixture, 61, 60);
            await Handled(fixture, 120);
        }

        (await Effects.Of(fixture.Store(Group))).Select(effect => effect.Version).ShouldBe(Numbers(1, 120));
    }
}
