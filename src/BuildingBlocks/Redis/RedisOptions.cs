using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace BigTech.BuildingBlocks.Redis;

/// <summary>Section <c>Redis</c>.</summary>
public sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary>As in StackExchange.Redis: <c>host:6379,password=…,ssl=true</c>. Without it this process shares nothing.</summary>
    public string? Configuration { get; set; }

    /// <summary>The prefix of every key and channel, so that several installations can share one server.</summary>
    [Required(AllowEmptyStrings = true)]
    public string KeyPrefix { get; set; } = "bigtech:";

    /// <summary>The time limit of one call, or of one attempt to connect.</summary>
    [Range(10, 60_000)]
    public int TimeoutMilliseconds { get; set; } = 1000;

    /// <summary>Whether Redis is configured: the modules then register the shared form of their parts.</summary>
    public static bool IsSet(IConfiguration config) => !string.IsNullOrWhiteSpace(config[$"{Section}:{nameof(Configuration)}"]);
}
