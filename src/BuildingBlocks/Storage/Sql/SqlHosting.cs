using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BigTech.BuildingBlocks.Storage.Sql;

public static class SqlHosting
{
    /// <summary>Registers a context's store under its name, on the engine of the section <c>Sql</c>.</summary>
    /// <param name="name">The context's name; also the key of the <see cref="Store"/>.</param>
    /// <param name="dataDirectory">An existing folder, for the file of an embedded store.</param>
    /// <param name="migrations">The assembly whose <c>Storage/Migrations</c> build the schema.</param>
    /// <param name="participant">Takes part in every transaction: the outbox.</param>
    /// <exception cref="SettingException">A setting of the section <c>Sql</c> is invalid.</exception>
    public static IServiceCollection AddStore(
        this IServiceCollection services, IConfiguration config, string name, string dataDirectory, Assembly migrations, int writerQueue,
        Func<Store, ICommitParticipant> participant)
    {
        var options = OptionsBinding.Bind<SqlOptions>(config, "Sql");
        SqlEngine engine = options.Engine == SqlEngineKind.MySql
            ? MySqlEngine.Create(options, name)
            : new SqliteEngine(Path.Combine(dataDirectory, $"{name}.db"));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, provider => new StoreHealth(provider.GetRequiredKeyedService<Store>(name)), failureStatus: null, tags: null));
        return services.AddKeyedSingleton(name, (provider, _) =>
        {
            var store = new Store(
                name, engine, migrations, writerQueue, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>(), participant);
            SqlMetrics.Observe(store, provider.GetRequiredService<IMeterFactory>());
            return store;
        });
    }

    /// <summary>
    /// Removes the time limit from the statements of stores that are added later: it is only meant for statements that users wait for.
    /// </summary>
    public static void LiftTimeLimit(IConfiguration config)
    {
        const string connection = "Sql:ConnectionString";
        if (!string.IsNullOrWhiteSpace(config[connection])) config[connection] += ";DefaultCommandTimeout=0";
    }
}
