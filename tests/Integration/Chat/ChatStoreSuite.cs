using BigTech.Chat.Domain;

namespace BigTech.Tests.Integration.Chat;

/// <summary>The common base of tests of the Chat context's store, each on every message store.</summary>
public abstract class ChatStoreSuite : IDisposable
{
    private protected readonly ChatHost _host;

    private protected ChatStoreSuite(ChatHost host) => _host = host;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static IEnumerable<long> Numbers(int count) => Enumerable.Range(1, count).Select(i => (long)i);

    private protected static void ShouldBeTheSame(Room one, Room other)
    {
        one.ShouldBe(other with { Members = one.Members });
        one.Members.OrderBy(entry => entry.Key).ShouldBe(other.Members.OrderBy(entry => entry.Key));
    }

    /// <summary>Sends messages, and sometimes edits, deletes and reads.</summary>
    private protected async Task ChatAway(int user, int count, List<long> rooms)
    {
        for (var i = 0; i < count; i++)
        {
            var room = rooms[(user + i) % rooms.Count];
            var message = (await _host.Send(room, user, $"{user}/{i}")).Message;
            if (i % 5 == 1) await _host.Edit(message.Id, user, "edited");
            if (i % 5 == 2) await _host.Delete(message.Id, user);
            if (i % 5 == 3) await _host.Read(room, user);
            if (i % 5 == 4)
            {
                await _host.Edit(message.Id, user, "edited");
                await _host.Edit(message.Id, user, "edited again");
            }
        }
    }
}
