using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.DataMigration;

namespace BigTech.Server;

/// <summary><c>migrate --from DIR</c>: migrates an embedded installation to the configured SQL server, and MongoDB if configured.</summary>
internal static class MigrateCommand
{
    /// <summary>
    /// Runs before the stores are opened: checks the settings and copies the signing keys, so that tokens stay valid and no new key is
    /// created.
    /// </summary>
    /// <param name="from">The folder of the embedded installation.</param>
    /// <param name="dataDirectory">The folder of the new one, for its keys.</param>
    /// <exception cref="SettingException">The settings name no target.</exception>
    public static void Prepare(IConfiguration config, string from, string dataDirectory)
    {
        if (OptionsBinding.Bind<SqlOptions>(config, "Sql").Engine != SqlEngineKind.MySql)
        {
            throw new SettingException("migrate needs Sql:Engine=mysql.");
        }
        SqlHosting.LiftTimeLimit(config);
        CopyKeys(Path.GetFullPath(Path.Combine(from, "keys")), Keys(config, dataDirectory));
    }

    /// <returns>0 if all tables are complete and equal, 1 otherwise.</returns>
    public static async Task<int> Run(string from, string dataDirectory, IServiceProvider services)
    {
        var migration = new MigrationRunner(
            from,
            [.. services.GetServices<RequiredStore>().Select(store => store.Store)],
            [.. services.GetServices<PublishedTopic>()],
            [.. services.GetServices<Subscription>()],
            [.. services.GetServices<DocumentTable>()],
            services.GetService<DocumentDatabase>());
        var tables = await migration.Run(
            new ProgressLines(Console.Error, rewrites: !Console.IsErrorRedirected).Show, CancellationToken.None);
        foreach (var table in tables)
        {
            var verdict = table.IsComplete ? "" : "\tDIFFERS";
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{table.Store}.{table.Table}\t{table.Source}\t{table.Target}{verdict}"));
        }
        if (!tables.All(table => table.IsComplete)) return 1;
        Console.WriteLine($"The signing keys are in {Keys(services.GetRequiredService<IConfiguration>(), dataDirectory)}.");
        return 0;
    }

    private static string Keys(IConfiguration config, string dataDirectory) =>
        Path.GetFullPath(config["Users:KeysDirectory"] ?? Path.Combine(dataDirectory, "keys"));

    private static void CopyKeys(string from, string to)
    {
        if (from == to || !Directory.Exists(from)) return;
        try
        {
            PrivateFiles.CreateFolder(to);
            if (new[] { from, to }.FirstOrDefault(PrivateFiles.IsWritableByOthers) is { } open)
            {
                throw new StartupException(
                    $"Other accounts can write in the key folder {open}: check that its keys are this server's, then make it private "
                    + "(chmod 700).");
            }
            foreach (var file in Directory.GetFiles(from).Where(file => Path.GetExtension(file) is ".pem" or ".key"))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The signing keys cannot be copied from {from} to {to}: {error.Message}", error);
        }
    }
}
