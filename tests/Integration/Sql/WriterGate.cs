using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Tests.Integration.Sql;

/// <summary>Holds a store's writer inside a transaction, so that later writes wait and then share one commit.</summary>
internal sealed class WriterGate : IDisposable
{
    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _opened = new();
    private readonly Task _work;

    private WriterGate(Store store) => _work = store.Write(_ =>
    {
        _entered.Set();
        _opened.Wait();
    });

    public static async Task<WriterGate> Close(Store store)
    {
        var gate = new WriterGate(store);
        await Eventually.Holds(() => gate._entered.IsSet, "the writer at the gate");
        return gate;
    }

    public Task Open()
    {
        _opened.Set();
        return _work;
    }

    public void Dispose()
    {
        _opened.Set();
        _work.ContinueWith(_ => _opened.Dispose(), TaskScheduler.Default);
        _entered.Dispose();
    }
}
