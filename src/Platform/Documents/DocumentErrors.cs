namespace BigTech.Platform.Documents;

/// <summary>From the driver's errors (of its error API 2) to ours.</summary>
internal static class DocumentErrors
{
    // The domains of mongoc-error.h in which no server has spoken: client, stream, protocol, cursor; and server selection, write concern.
    private const uint Client = 1;
    private const uint Stream = 2;
    private const uint Protocol = 3;
    private const uint ServerSelection = 15;
    private const uint WriteConcern = 16;
    private const uint Server = 17;

    // What servers say when they step down, stop, lose each other or run out of time: another one can take the call in a moment.
    private static readonly HashSet<uint> Passing = [6, 7, 50, 64, 89, 91, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436];

    public static Exception Of(NativeMongo.Error error) => error.Domain switch
    {
        Client or Stream or Protocol or ServerSelection or WriteConcern => new DocumentStoreGoneException(error.Message),
        Server when Passing.Contains(error.Code) => new DocumentStoreGoneException(error.Message),
        _ => new DocumentException((int)error.Code, error.Message),
    };
}
