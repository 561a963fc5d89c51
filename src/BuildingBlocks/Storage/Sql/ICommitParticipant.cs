namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>
/// A part of every transaction of a store that another building block adds, such as the outbox. One object takes part in all transactions
/// of its store, one after the other, on the writer's thread.
/// </summary>
public interface ICommitParticipant
{
    /// <summary>A transaction has begun; the one before it is committed or rolled back.</summary>
    /// <param name="position">
    /// The last <see cref="NewPosition"/> that any process has committed; null on an embedded store, which has no other writers.
    /// </param>
    void Begin(UnitOfWork work, long? position);

    /// <summary>The position to commit with the transaction; null if it has not changed.</summary>
    long? NewPosition { get; }

    /// <summary>The transaction is durable. Runs before its actions after the commit.</summary>
    void Committed();

    /// <summary>The actions after the commit have run, and the callers get their answers.</summary>
    void Published();
}
