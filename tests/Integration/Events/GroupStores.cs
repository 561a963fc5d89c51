using BigTech.Platform.Sql;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Events;

/// <summary>A store on real files for every group that a test names, each with the tables of <see cref="Effects"/>.</summary>
internal sealed class GroupStores : IDisposable
{
    private static readonly Migrations EffectTable = new(("0001_effects.sql", Effects.Schema));
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, Database> _stores = [];

    public Database Of(string group)
    {
        if (!_stores.TryGetValue(group, out var store)) _stores.Add(group, store = Open(_folder, group));
        return store;
    }

    /// <summary>The same store once more, as another replica has it open.</summary>
    public Database Replica(string group) => Open(_folder, group);

    /// <summary>What a crash at this moment would leave: the group's files as they lie on the disk, opened elsewhere.</summary>
    public Database Crashed(string group, TempFolder folder)
    {
        foreach (var file in Directory.GetFiles(_folder.Path, $"{group}.db*")) File.Copy(file, folder.File(Path.GetFileName(file)));
        return Open(folder, group);
    }

    /// <summary>Closes all; the next use opens them again.</summary>
    public void Close()
    {
        foreach (var store in _stores.Values) store.Dispose();
        _stores.Clear();
    }

    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }

    private static Database Open(TempFolder folder, string name) =>
        new(name, folder.Path, EffectTable, 4096, TimeProvider.System, NullLoggerFactory.Instance);
}
