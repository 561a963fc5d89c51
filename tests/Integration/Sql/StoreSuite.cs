using BigTech.BuildingBlocks.Storage.Sql;

namespace BigTech.Tests.Integration.Sql;

/// <summary>The common base of tests of a store, with a table of things, on every engine.</summary>
public abstract class StoreSuite : IDisposable
{
    private protected readonly StoreHome _home;
    private protected Store _store;

    protected StoreSuite(TestEngine engine)
    {
        _home = StoreHome.On(engine);
        _store = Open();
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _home.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static long Add(UnitOfWork work, string name) =>
        work.Insert("INSERT INTO things (name) VALUES (@name)", new { name });

    protected ValueTask<List<string>> Names() => _store.Read(reader => reader.Query<string>("SELECT name FROM things ORDER BY id"), Ct);

    private protected Store Open(int writerQueue = 4096) => _home.Open("things", Migrations.Things, writerQueue: writerQueue);
}
