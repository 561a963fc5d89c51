using BigTech.Platform.Auth;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Platform.Cache;

public static class SharedState
{
    /// <summary>
    /// What replicas share: in Redis where the section <c>Redis</c> names one, and in this process alone where it does not. Goes ahead of
    /// whatever loads its state from Redis when it starts.
    /// </summary>
    /// <exception cref="SettingException">A setting of the section is wrong.</exception>
    public static IServiceCollection AddRedis(this IServiceCollection services, IConfiguration config)
    {
        var options = Settings.Bind<RedisOptions>(config, "Redis");
        services.AddSingleton(provider => new MemoryRequestLimiter(provider.GetRequiredService<TimeProvider>()));
        if (string.IsNullOrWhiteSpace(options.Configuration))
        {
            return services.AddSingleton<IRequestLimiter>(provider => provider.GetRequiredService<MemoryRequestLimiter>());
        }
        services.AddSingleton(options);
        services.AddSingleton<RedisConnection>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IStreamTickets, RedisStreamTickets>();
        services.AddSingleton<RedisRevocations>();
        services.AddSingleton<IRevocations>(provider => provider.GetRequiredService<RedisRevocations>());
        services.AddHostedService(provider => provider.GetRequiredService<RedisRevocations>());
        return services.AddSingleton<IRequestLimiter, RedisRequestLimiter>();
    }
}
