using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Messages before whose next read, outside or within one of the rooms' store, another change can come in between.</summary>
internal sealed class InterruptedMessages(IMessages messages) : IMessages
{
    private Func<Task>? _beforeNextRead;

    /// <summary>What happens once, before the messages are read next.</summary>
    public Func<Task>? BeforeNextRead
    {
        set => _beforeNextRead = value;
    }

    public async ValueTask<T> Read<T>(Func<IMessageReader, ValueTask<T>> read, CancellationToken ct)
    {
        await Interrupt();
        return await messages.Read(read, ct);
    }

    public IMessageReader? In(ReadSession snapshot)
    {
        // Rows are read in the snapshot that the reader has begun: what is written now must not be seen.
        if (messages.In(snapshot) is not { } reader) return null;
        Task.Run(Interrupt).GetAwaiter().GetResult();
        return reader;
    }

    public bool IsReady => messages.IsReady;

    public void BeforeBatch() => messages.BeforeBatch();

    public void Prefetch(UnitOfWork work, PendingRooms pending, MessageKeys keys) => messages.Prefetch(work, pending, keys);

    public IMessageWriter In(UnitOfWork work, PendingRooms pending) => messages.In(work, pending);

    public Task<bool> Erase(long roomId, CancellationToken ct) => messages.Erase(roomId, ct);

    private Task Interrupt() => Interlocked.Exchange(ref _beforeNextRead, null)?.Invoke() ?? Task.CompletedTask;
}
