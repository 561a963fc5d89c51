using BigTech.Chat.Storage.Coherence;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Many large rooms on a budget for a few of them.</summary>
public abstract class SmallCacheSuite : ChatStoreSuite
{
    private const long Budget = 100_000;
    private const int Rooms = 40;

    private protected SmallCacheSuite(TestEngine engine) : base(new ChatHost(engine, cacheBytes: Budget))
    {
    }

    [Fact]
    public async Task All_of_them_work_and_the_memory_stays_within_the_budget()
    {
        var rooms = new List<long>();
        for (var i = 0; i < Rooms; i++) rooms.Add(await _host.CreateGroup(1, [.. Numbers(100).Skip(1)]));
        RoomCache.WeightOf(await _host.Find(rooms[0])).ShouldBeGreaterThan(Budget / 10);
        var listener = new Listener(2);
        await _host.Listen(rooms[0], listener);

        await Task.WhenAll(Enumerable.Range(1, 8).Select(user => Task.Run(async () =>
        {
            foreach (var room in rooms.OrderBy(room => (room + user) * 7 % Rooms))
            {
                (await _host.Send(room, user, $"from {user}")).Status.ShouldBe(201);
                await _host.Read(room, user);
                _host.Cache.Bytes.ShouldBeLessThan(2 * Budget, "a room comes before another goes");
            }
        })));

        _host.Cache.Bytes.ShouldBeInRange(1, Budget);
        foreach (var room in rooms)
        {
            var found = await _host.Find(room);
            found.LastSeq.ShouldBe(8);
            ShouldBeTheSame(found, await _host.Load(room));
            (await _host.Since(room, 0)).Events.Select(e => e.Version).ShouldBe(Numbers((int)found.Version));
        }
        listener.Changes.Select(e => e.Version).ShouldBe(Numbers((int)(await _host.Find(rooms[0])).Version));
        _host.Cache.Bytes.ShouldBeInRange(1, Budget);
    }

    [Fact]
    public async Task A_member_who_was_removed_stays_out_while_rooms_come_and_go()
    {
        for (var round = 0; round < 20; round++)
        {
            var room = await _host.CreateGroup(1, [.. Numbers(100).Skip(1)]);
            var isRemoved = false;
            var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    var wasRemoved = Volatile.Read(ref isRemoved);
                    if (wasRemoved) (await _host.Find(room)).HasMember(2).ShouldBeFalse();
                    else await _host.Find(room);
                }
            })).ToList();
            await _host.Remove(room, 1, 2);
            Volatile.Write(ref isRemoved, true);
            (await _host.Find(room)).HasMember(2).ShouldBeFalse();
            await Task.WhenAll(readers);
            (await _host.Find(room)).HasMember(2).ShouldBeFalse();
        }
    }
}

public sealed class SmallCacheTests() : SmallCacheSuite(TestEngine.Sqlite);

[Engines]
public sealed class SmallCacheMariaDbTests() : SmallCacheSuite(TestEngine.MariaDb);
