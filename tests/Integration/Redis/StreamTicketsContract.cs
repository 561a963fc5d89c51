using BigTech.BuildingBlocks.Web.Auth;

namespace BigTech.Tests.Integration.Redis;

/// <summary>The contract of every kind of stream ticket.</summary>
public abstract class StreamTicketsContract
{
    private static readonly Caller Caller = new(1, "7", "ann_b");

    protected abstract IStreamTickets Tickets { get; }

    protected abstract Task Advance(TimeSpan by);

    [Fact]
    public async Task A_ticket_is_good_once()
    {
        var ticket = await Tickets.Issue(Caller);
        (await Tickets.Redeem(ticket + "x")).ShouldBeNull();
        (await Tickets.Redeem(ticket)).ShouldBe(Caller);
        (await Tickets.Redeem(ticket)).ShouldBeNull("it is spent");
        (await Tickets.Issue(Caller)).ShouldNotBe(await Tickets.Issue(Caller));
    }

    [Fact]
    public async Task Looking_at_a_ticket_does_not_spend_it()
    {
        var ticket = await Tickets.Issue(Caller);
        (await Tickets.Find(ticket + "x")).ShouldBeNull();
        (await Tickets.Find(ticket)).ShouldBe(Caller);
        (await Tickets.Find(ticket)).ShouldBe(Caller);
        (await Tickets.Redeem(ticket)).ShouldBe(Caller);
        (await Tickets.Find(ticket)).ShouldBeNull("it is spent");
    }

    [Fact]
    public async Task A_ticket_is_good_for_thirty_seconds()
    {
        var (early, late) = (await Tickets.Issue(Caller), await Tickets.Issue(Caller));
        await Advance(TimeSpan.FromSeconds(20));
        (await Tickets.Redeem(early)).ShouldBe(Caller);
        await Advance(TimeSpan.FromSeconds(10));
        (await Tickets.Find(late)).ShouldBeNull();
        (await Tickets.Redeem(late)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_who_present_one_ticket_at_once_one_is_let_in()
    {
        var ticket = await Tickets.Issue(Caller);
        var callers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await Tickets.Redeem(ticket))));
        callers.Count(caller => caller is not null).ShouldBe(1);
    }
}

public sealed class MemoryStreamTicketsTests : StreamTicketsContract
{
    private readonly ManualTime _time = new();
    private readonly MemoryStreamTickets _tickets;

    public MemoryStreamTicketsTests() => _tickets = new MemoryStreamTickets(_time);

    protected override IStreamTickets Tickets => _tickets;

    protected override Task Advance(TimeSpan by)
    {
        _time.Advance(by);
        return Task.CompletedTask;
    }
}

[Engines]
public sealed class RedisStreamTicketsTests(SharedRedis redis) : StreamTicketsContract, IAsyncLifetime
{
    private readonly RedisSpace _space = new(redis.Address);
    private RedisStreamTickets _tickets = null!;

    protected override IStreamTickets Tickets => _tickets;

    protected override Task Advance(TimeSpan by) => _space.Age(by);

    public async ValueTask InitializeAsync() => _tickets = new RedisStreamTickets(await _space.Connect());

    [Fact]
    public async Task What_one_replica_issues_another_redeems()
    {
        var caller = new Caller(1, "7", "ann_b");
        (await new RedisStreamTickets(await _space.Connect()).Redeem(await _tickets.Issue(caller))).ShouldBe(caller);
    }

    public ValueTask DisposeAsync() => _space.DisposeAsync();
}
