namespace BigTech.WebClient.State;

/// <summary>Repeats what has to succeed in the end, such as the first load of a page on a bad network.</summary>
internal static class Retried
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(30);

    /// <param name="isWanted">Ends the attempts when it is false.</param>
    /// <returns>Null if the result is not wanted any more.</returns>
    /// <exception cref="ChatApiException">The server refuses, and will.</exception>
    public static async Task<T?> Until<T>(Func<CancellationToken, Task<T>> call, Func<bool> isWanted) where T : class
    {
        for (var pause = First; isWanted(); pause = pause * 2 < Longest ? pause * 2 : Longest)
        {
            try
            {
                return await call(CancellationToken.None);
            }
            catch (Exception error)
                when (error is HttpRequestException or OperationCanceledException or ChatApiException { IsTransient: true })
            {
                await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)));
            }
        }
        return null;
    }
}
