using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Events;

/// <summary>A store on a real engine for every group of a test, each with the tables of <see cref="Effects"/>.</summary>
internal sealed class GroupStores(TestEngine engine = TestEngine.Sqlite) : IDisposable
{
    private static readonly Migrations EffectTable = new(("0001_effects.sql", Effects.Schema));
    private readonly StoreHome _home = StoreHome.On(engine);
    private readonly Dictionary<string, Store> _stores = [];

    public Store Of(string group)
    {
        if (!_stores.TryGetValue(group, out var store)) _stores.Add(group, store = _home.Open(group, EffectTable));
        return store;
    }

    /// <summary>The same store, opened by another replica.</summary>
    public Store Replica(string group) => _home.Open(group, EffectTable);

    /// <summary>The state after a crash at this moment: the group's files as they are on disk, opened in another folder.</summary>
    public Store Crashed(string group, TemporaryFolder folder)
    {
        foreach (var file in Directory.GetFiles(((FolderHome)_home).Folder.Path, $"{group}.db*"))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }
        return new Store(group, folder.Path, EffectTable, 4096, TimeProvider.System, NullLoggerFactory.Instance, Outbox.For);
    }

    /// <summary>Closes all stores; the next use opens them again.</summary>
    public void Close()
    {
        foreach (var store in _stores.Values) store.Dispose();
        _stores.Clear();
    }

    public void Dispose()
    {
        Close();
        _home.Dispose();
    }
}
