using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.BuildingBlocks.Redis;

public static class RedisServiceCollectionExtensions
{
    /// <summary>
    /// The connection, the backplane and the request limits of the replicas, if Redis is configured; else those of this process alone.
    /// </summary>
    /// <exception cref="SettingException">A setting of the section <c>Redis</c> is invalid.</exception>
    public static IServiceCollection AddRedis(this IServiceCollection services, IConfiguration config)
    {
        var options = OptionsBinding.Bind<RedisOptions>(config, RedisOptions.Section);
        services.AddSingleton(provider => new MemoryRequestLimiter(provider.GetRequiredService<TimeProvider>()));
        if (!RedisOptions.IsSet(config))
        {
            services.AddSingleton<IBackplane, NullBackplane>();
            return services.AddSingleton<IRequestLimiter>(provider => provider.GetRequiredService<MemoryRequestLimiter>());
        }
        services.AddSingleton(options);
        services.AddSingleton<RedisConnection>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IBackplane, RedisBackplane>();
        return services.AddSingleton<IRequestLimiter, RedisRequestLimiter>();
    }
}
